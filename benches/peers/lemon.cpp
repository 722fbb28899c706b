// LEMON's minimum cost flow solvers on an instance written by `cargo bench --bench allocate -- generate`.
// Build: g++ -O3 -march=native -o lemon lemon.cpp        (Debian: liblemon-dev)
// Use:   lemon simplex|scaling INSTANCE.bin              prints one JSON line
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <vector>
#include <sys/resource.h>
#include <lemon/smart_graph.h>
#include <lemon/network_simplex.h>
#include <lemon/cost_scaling.h>

static double cpu() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

template <class Solver>
static bool solve(const char *name, const lemon::SmartDigraph &graph, const lemon::SmartDigraph::ArcMap<int64_t> &room,
                  const lemon::SmartDigraph::ArcMap<int64_t> &cost, lemon::SmartDigraph::Node source,
                  lemon::SmartDigraph::Node sink, int64_t hours) {
    double start = cpu();
    Solver solver(graph);
    solver.upperMap(room).costMap(cost).stSupply(source, sink, hours);
    bool optimal = solver.run() == Solver::OPTIMAL;
    double seconds = cpu() - start;
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    std::printf("{\"solver\":\"lemon_%s\",\"seconds\":%.6f,\"peak_mb\":%.1f,\"value\":%lld,\"optimal\":%s}\n", name, seconds,
                double(usage.ru_maxrss) / 1024.0, (long long)(-solver.template totalCost<int64_t>()), optimal ? "true" : "false");
    return optimal;
}

int main(int count, char **words) {
    if (count != 3) return 2;
    std::ifstream file(words[2], std::ios::binary);
    uint32_t head[4];
    if (!file.read(reinterpret_cast<char *>(head), sizeof head) || head[0] != 0x414c4331) return 1;
    auto column = [&](uint32_t n) {
        std::vector<uint32_t> list(n);
        file.read(reinterpret_cast<char *>(list.data()), std::streamsize(n) * 4);
        return list;
    };
    auto offered = column(head[1]), wanted = column(head[2]);
    auto person = column(head[3]), need = column(head[3]), value = column(head[3]), limit = column(head[3]);
    lemon::SmartDigraph graph;
    int nodes = int(head[1] + head[2]);
    graph.reserveNode(nodes + 2);
    graph.reserveArc(int(head[3]) + nodes + 1);
    for (int i = 0; i < nodes + 2; ++i) graph.addNode();
    auto source = graph.nodeFromId(nodes), sink = graph.nodeFromId(nodes + 1);
    lemon::SmartDigraph::ArcMap<int64_t> room(graph), cost(graph);
    auto add = [&](lemon::SmartDigraph::Node from, lemon::SmartDigraph::Node to, int64_t hours, int64_t worth) {
        auto arc = graph.addArc(from, to);
        room[arc] = hours;
        cost[arc] = -worth;
    };
    int64_t all = 0;
    for (uint32_t i = 0; i < head[1]; ++i) {
        add(source, graph.nodeFromId(int(i)), offered[i], 0);
        all += offered[i];
    }
    for (uint32_t j = 0; j < head[2]; ++j) add(graph.nodeFromId(int(head[1] + j)), sink, wanted[j], 0);
    for (uint32_t e = 0; e < head[3]; ++e) {
        int64_t most = std::min<int64_t>(std::min(offered[person[e]], wanted[need[e]]), limit[e]);
        add(graph.nodeFromId(int(person[e])), graph.nodeFromId(int(head[1] + need[e])), most, value[e]);
    }
    add(source, sink, all, 0);
    bool done = std::strcmp(words[1], "simplex") == 0
                    ? solve<lemon::NetworkSimplex<lemon::SmartDigraph, int64_t, int64_t>>("simplex", graph, room, cost, source, sink, all)
                    : solve<lemon::CostScaling<lemon::SmartDigraph, int64_t, int64_t>>("scaling", graph, room, cost, source, sink, all);
    return done ? 0 : 1;
}
