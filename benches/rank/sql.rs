//! The same question in SQL: skills by a join, points that are the same for everybody from a column, hours by arithmetic.

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{Double, Text};
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _};
use mainstay::features::matching::board::Board;
use mainstay::features::matching::score::{Constants, NeedFacts, Reader, VolunteerFacts, explain};
use mainstay::features::skills::taxonomy::{Relation, Taxonomy};
use std::collections::BTreeMap;

type Failure = Box<dyn std::error::Error>;

/// Rows of one INSERT.
const BATCH: usize = 2_000;

pub(crate) struct Peer(PgConnection);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    #[expect(dead_code, reason = "what the question is about; read, but not looked at")]
    id: String,
    #[diesel(sql_type = Double)]
    score: f64,
}

const TABLES: &str = "
drop table if exists bench_skills; drop table if exists bench_needs;
create table bench_needs(id int primary key, prior double precision not null, hours double precision not null);
create table bench_skills(need int not null, skill text not null, level int not null, required bool not null, weight double precision not null);";
const INDEXES: &str = "
create index on bench_skills(skill, need) include (level, required, weight); create index on bench_skills(need);
analyze bench_needs; analyze bench_skills;";

impl Peer {
    /// Fills the tables; none when there is no database to ask.
    pub(crate) fn new(board: &Board, needs: &[NeedFacts]) -> Result<Option<Self>, Failure> {
        let Ok(url) = std::env::var("MAINSTAY_BENCH_POSTGRES") else { return Ok(None) };
        let mut conn = PgConnection::establish(&url)?;
        conn.batch_execute(TABLES)?;
        let nobody = VolunteerFacts::new(mainstay::kernel::AccountId(uuid::Uuid::nil()), "nobody");
        for (part, chunk) in needs.chunks(BATCH).enumerate() {
            let (mut rows, mut skills) = (Vec::new(), Vec::new());
            for (at, need) in chunk.iter().enumerate() {
                let id = part * BATCH + at;
                let matching = explain(board.market(), need, &nobody, Reader::Other).matching;
                let prior: f64 = matching
                    .reasons
                    .iter()
                    .filter(|r| matches!(r.factor.as_str(), "priority" | "balance"))
                    .map(|r| r.points)
                    .sum();
                rows.push(format!("({id},{prior},{})", need.hours_per_week));
                for wanted in &need.skills {
                    let weight = board.market().demand.weight(&wanted.skill);
                    skills.push(format!(
                        "({id},'{}',{},{},{weight})",
                        wanted.skill.slug(),
                        wanted.level.get(),
                        wanted.required
                    ));
                }
            }
            conn.batch_execute(&format!("insert into bench_needs values {}", rows.join(",")))?;
            conn.batch_execute(&format!("insert into bench_skills values {}", skills.join(",")))?;
        }
        conn.batch_execute(INDEXES)?;
        Ok(Some(Self(conn)))
    }

    /// The best needs for a person, by skills, priority, balance and hours.
    pub(crate) fn top(&mut self, board: &Board, person: &VolunteerFacts, limit: usize) -> Result<Vec<f64>, Failure> {
        let constants = &board.market().constants;
        let fits: Vec<String> = fits(constants, person)
            .into_iter()
            .map(|((skill, level), fit)| format!("('{skill}',{level},{fit})"))
            .collect();
        let sql = format!(
            "with fit(skill, level, fit) as (values {}),
             near as (select distinct s.need from bench_skills s join fit using (skill)),
             scored as (select s.need,
                sum(s.weight * coalesce(f.fit, 0)) filter (where s.required) / nullif(sum(s.weight) filter (where s.required), 0) as required,
                sum(s.weight * coalesce(f.fit, 0)) filter (where not s.required) / nullif(sum(s.weight) filter (where not s.required), 0) as optional,
                bool_or(s.required and s.level >= {} and f.fit is null) as blocked
                from near join bench_skills s using (need) left join fit f on f.skill = s.skill and f.level = s.level group by s.need)
             select n.id::text as id, n.prior + 36 * coalesce(required, 1) + 8 * coalesce(optional, 1) + 10 * least({} / n.hours, 1) as score
             from scored join bench_needs n on n.id = scored.need where not blocked order by score desc, n.id limit {limit}",
            fits.join(","),
            constants.blocking_level,
            person.hours_per_week,
        );
        let rows: Vec<Row> = diesel::sql_query(sql).load(&mut self.0)?;
        Ok(rows.iter().map(|row| row.score).collect())
    }
}

/// How well the person meets each skill at each level, where they do at all.
pub(crate) fn fits(constants: &Constants, person: &VolunteerFacts) -> BTreeMap<(String, u8), f64> {
    let taxonomy = Taxonomy::shipped();
    let mut fits: BTreeMap<(String, u8), f64> = BTreeMap::new();
    for held in &person.skills {
        let Some(have) = taxonomy.get(held.skill.slug()) else { continue };
        for want in taxonomy.skills() {
            let similarity = match taxonomy.relation(have.ix, want.ix) {
                Relation::Same => 1.0,
                Relation::Implies { steps } => constants.implies_step.powi(i32::from(steps)),
                Relation::ImpliedBy { steps } => constants.implied_by_step.powi(i32::from(steps)),
                Relation::Sibling => constants.sibling,
                Relation::Related => constants.related,
                Relation::None => 0.0,
            };
            for level in 1..=5u8 {
                let below = f64::from(level.saturating_sub(held.level.get()));
                let fit = similarity * (1.0 - constants.level_step * below).max(0.0);
                if similarity >= constants.least_similarity && fit > 0.0 {
                    let best = fits.entry((want.slug.to_string(), level)).or_default();
                    *best = best.max(fit);
                }
            }
        }
    }
    fits
}
