//! Versions made up at random, in the order in which the ecosystems' own programs put them.

use crate::engine::Chance;
use mainstay::features::advisories::versions::VersionOrder;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Words, and then single ones in their places: versions that are near each other are the hard ones.
fn near(chance: &mut Chance, words: &[&str]) -> (String, String) {
    let parts: Vec<&str> = (0..=chance.below(7)).map(|_| words[chance.below(words.len())]).collect();
    let mut other = parts.clone();
    for _ in 0..=chance.below(2) {
        let at = chance.below(other.len());
        match chance.below(3) {
            0 => other[at] = words[chance.below(words.len())],
            1 => other.insert(at, words[chance.below(words.len())]),
            _ => drop(other.remove(at)),
        }
        if other.is_empty() {
            other.push("0");
        }
    }
    (parts.concat(), other.concat())
}

fn pairs(seed: u64, many: usize, words: &[&str]) -> Vec<(String, String)> {
    let mut chance = Chance::new(seed);
    (0..many).map(|_| near(&mut chance, words)).map(|(one, other)| (format!("1{one}"), format!("1{other}"))).collect()
}

fn sign(order: Ordering) -> i8 {
    match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

fn differences(order: VersionOrder, pairs: &[(String, String)], told: &[Option<i8>]) {
    assert_eq!(pairs.len(), told.len());
    let mut wrong = Vec::new();
    for ((one, other), told) in pairs.iter().zip(told) {
        let ours = order.compare(one, other).ok().map(sign);
        if ours != *told {
            wrong.push(format!("{one:?} and {other:?}: {ours:?} instead of {told:?}"));
        }
    }
    let taken = told.iter().flatten().count();
    println!("{order}: {} pairs of versions, of which {taken} are both versions", pairs.len());
    assert!(taken > pairs.len() / 20, "hardly any were versions");
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), pairs.len(), wrong.join("\n"));
}

#[test]
fn debian_versions_stand_as_dpkg_puts_them() {
    if Command::new("dpkg").arg("--version").output().is_err() {
        println!("SKIPPED: there is no dpkg among the programs of PATH to compare with");
        return;
    }
    let words = ["0", "1", "9", "10", "01", ".", "+", "~", "-", "a", "b", "Z", "rc", "~~", "-1", "+b1", ".0"];
    let ask = |one: &str, what: &str, other: &str| {
        let output = Command::new("dpkg").args(["--compare-versions", one, what, other]).output().unwrap();
        // It compares what has bad syntax, too, and warns.
        output.stderr.is_empty().then_some(output.status.success())
    };
    let (mut known, mut told) = (Vec::new(), Vec::new());
    for (one, other) in pairs(3, 1500, &words) {
        if let (Some(less), Some(same)) = (ask(&one, "lt", &other), ask(&one, "eq", &other)) {
            told.push(Some(if less { -1 } else { i8::from(!same) }));
            known.push((one, other));
        }
    }
    differences(VersionOrder::Debian, &known, &told);
}

/// What a program answers that reads pairs, a tab between them, and writes -1, 0, 1, or a word where one is no version.
fn asked(command: &mut Command, pairs: &[(String, String)]) -> Vec<Option<i8>> {
    let mut asked = String::new();
    for (one, other) in pairs {
        writeln!(asked, "{one}\t{other}").unwrap();
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || input.write_all(asked.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(|line| line.trim().parse().ok()).collect()
}

/// Those pairs of which both are versions to the other program and to us: what is read leniently here has no order there.
fn common(
    order: VersionOrder,
    pairs: Vec<(String, String)>,
    told: Vec<Option<i8>>,
) -> (Vec<(String, String)>, Vec<Option<i8>>) {
    assert_eq!(pairs.len(), told.len());
    let both = pairs.into_iter().zip(told);
    both.filter(|((one, other), told)| told.is_some() && order.compare(one, other).is_ok()).unzip()
}

const GEM: &str = "
STDOUT.sync = false
STDIN.each_line do |line|
  begin
    one, other = line.chomp.split(\"\\t\", 2).map { |text| Gem::Version.new(text) }
    puts(one <=> other)
  rescue ArgumentError
    puts 'none'
  end
end
";

#[test]
fn gem_versions_stand_as_rubygems_puts_them() {
    if Command::new("ruby").arg("--version").output().is_err() {
        println!("SKIPPED: there is no ruby among the programs of PATH to compare with");
        return;
    }
    let words = [
        "0", "1", "9", "10", "01", ".", ".", "-", "a", "b", "rc", "pre", ".pre", ".rc1", ".0", ".a", "-1", "Z", ".0.0",
    ];
    let pairs = pairs(11, 60_000, &words);
    let told = asked(Command::new("ruby").args(["-e", GEM]), &pairs);
    let refused = |text: &str| VersionOrder::RubyGems.parse(text).is_err();
    let taken_alone =
        pairs.iter().zip(&told).filter(|((one, other), told)| told.is_none() != (refused(one) || refused(other)));
    assert_eq!(taken_alone.map(|(pair, _)| pair).next(), None, "a version to one and none to the other");
    let (pairs, told) = common(VersionOrder::RubyGems, pairs, told);
    differences(VersionOrder::RubyGems, &pairs, &told);
}

const RPM: &str = "%{lua:
for line in io.stdin:lines() do
  local one, other = line:match('^(.*)\t(.*)$')
  local ok, told = pcall(rpm.vercmp, one, other)
  io.stdout:write(ok and tostring(told) or 'none', '\\n')
end}";

#[test]
fn rpm_versions_stand_as_rpm_puts_them() {
    if Command::new("rpm").arg("--version").output().is_err() {
        println!("SKIPPED: there is no rpm among the programs of PATH to compare with");
        return;
    }
    let words = [
        "0", "1", "9", "10", "01", ".", "+", "~", "^", "_", "-", "a", "b", "Z", "rc", "~~", "-1", "^git1", ".0",
        "~rc1", "-1.fc40",
    ];
    let pairs = pairs(13, 60_000, &words);
    let mut told = asked(Command::new("rpm").args(["--eval", RPM]), &pairs);
    told.truncate(pairs.len());
    let (pairs, told) = common(VersionOrder::Rpm, pairs, told);
    differences(VersionOrder::Rpm, &pairs, &told);
}

const SEMVER: &str = "
const semver = require('semver');
const text = require('fs').readFileSync(0, 'utf8');
for (const line of text.split('\\n').slice(0, -1)) {
  const [one, other] = line.split('\\t');
  console.log(semver.valid(one) && semver.valid(other) ? String(semver.compare(one, other)) : 'none');
}
";

#[test]
fn npm_versions_stand_as_semver_puts_them() {
    let modules = std::env::var("MAINSTAY_NODE_MODULES").unwrap_or_else(|_unset| "node_modules".to_owned());
    let modules = std::path::absolute(modules).unwrap().to_string_lossy().into_owned();
    let node = |script: &str| {
        let mut command = Command::new("node");
        command.args(["-e", script]).env("NODE_PATH", &modules).stderr(Stdio::null());
        command
    };
    if !node("require('semver')").status().is_ok_and(|status| status.success()) {
        println!(
            "SKIPPED: node, or its package semver in {modules}, is not there to compare with; MAINSTAY_NODE_MODULES names its folder"
        );
        return;
    }
    let words = [
        ".0.0", ".1.0", ".0.1", ".10.9", "-0", "-1", "-a", "-rc.1", ".1", ".a", ".B", "-", "10", "0", "a", "+b",
        "+1.2", "-alpha", ".beta.11",
    ];
    let pairs = pairs(17, 60_000, &words);
    let told = asked(&mut node(SEMVER), &pairs);
    let (pairs, told) = common(VersionOrder::SemVer, pairs, told);
    differences(VersionOrder::SemVer, &pairs, &told);
}

const PACKAGING: &str = "
import sys
from packaging.version import InvalidVersion, Version
for line in sys.stdin:
    try:
        one, other = (Version(text) for text in line.rstrip('\\n').split('\\t'))
        print((one > other) - (one < other))
    except InvalidVersion:
        print('none')
";

#[test]
fn python_versions_stand_as_packaging_puts_them() {
    let python = std::env::var("MAINSTAY_PACKAGING_PYTHON").unwrap_or_else(|_unset| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import packaging.version"]).stderr(Stdio::null()).status();
    if !has.is_ok_and(|status| status.success()) {
        println!("SKIPPED: {python} has no packaging to compare with; MAINSTAY_PACKAGING_PYTHON names one that has");
        return;
    }
    let words = [
        "0", "1", "9", "10", "01", ".", "a", "b", "rc", "c", "alpha", "-", "_", ".post", ".dev", "-1", "post2",
        ".dev0", "+", "+local", ".1", "!", "rev3", "preview", "+a.7", "+a-07", "A1", "RC", ".0", ".0.0", "v",
    ];
    let pairs = pairs(5, 60_000, &words);
    differences(VersionOrder::Pep440, &pairs, &asked(Command::new(&python).args(["-c", PACKAGING]), &pairs));
}

/// Whether a dot stands before letters. The Maven at hand (3.8.7) takes such a dot for a hyphen: `2.0.a` comes before `2-1`, and `1.0.rc` is
/// `1.rc`. The vectors that the world compares with, and scanners that evaluate advisories by them, keep Maven's earlier rule, by which `2-1`
/// comes before `2.0.a`; so does our order, and only the other pairs can be compared.
fn has_dotted_qualifier(version: &str) -> bool {
    version.split('.').skip(1).any(|part| part.starts_with(|c: char| !c.is_ascii_digit() && c != '-'))
}

#[test]
fn maven_versions_stand_as_maven_puts_them() {
    let jars = std::env::var("MAINSTAY_MAVEN_LIB").unwrap_or_else(|_unset| "/usr/share/maven/lib".to_owned());
    let compare = |versions: &[&str]| {
        let class = "org.apache.maven.artifact.versioning.ComparableVersion";
        let ran = Command::new("java").args(["-cp", &format!("{jars}/*"), class]).args(versions).output();
        ran.ok().filter(|output| output.status.success()).map(|output| String::from_utf8(output.stdout).unwrap())
    };
    if compare(&["1", "2"]).is_none() {
        println!(
            "SKIPPED: there is no java, or no Maven at {jars}, to compare with; MAINSTAY_MAVEN_LIB names the folder of its jars"
        );
        return;
    }
    let words = [
        "0",
        "1",
        "9",
        "10",
        "01",
        ".",
        "-",
        "a",
        "b",
        "m",
        "alpha",
        "-beta",
        ".rc",
        "-rc1",
        "-SNAPSHOT",
        "-ga",
        ".final",
        "-sp",
        "-1",
        ".0",
        ".0.0",
        "x",
        "-xyz",
        "_",
    ];
    let mut pairs = pairs(7, 6000, &words);
    pairs.retain(|(one, other)| !has_dotted_qualifier(one) && !has_dotted_qualifier(other));
    let mut told = Vec::new();
    for some in pairs.chunks(500) {
        let versions: Vec<&str> = some.iter().flat_map(|(one, other)| [one.as_str(), other.as_str()]).collect();
        let text = compare(&versions).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("   ")).collect();
        assert_eq!(lines.len(), versions.len() - 1);
        for ((one, other), line) in some.iter().zip(lines.iter().step_by(2)) {
            let between = line.trim().strip_prefix(one.as_str()).and_then(|rest| rest.strip_suffix(other.as_str()));
            told.push(Some(match between.unwrap().trim() {
                "<" => -1,
                ">" => 1,
                _ => 0,
            }));
        }
    }
    differences(VersionOrder::Maven, &pairs, &told);
}
