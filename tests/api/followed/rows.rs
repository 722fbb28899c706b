//! A large market as rows, put in without asking the server.

use crate::app::TestApp;
use crate::dice::Dice;
use diesel::prelude::*;
use mainstay::features::accounts::{Account, AccountStatus};
use mainstay::features::needs::{Need, NeedSize, NeedSkill, NeedStatus, NeedVisibility};
use mainstay::features::projects::{Maintainer, Project, ProjectRole, ProjectSource, ProjectStatus};
use mainstay::features::volunteers::{Profile, ProfileSkill, ProfileVisibility};
use mainstay::infra::db::sql::Json;
use mainstay::infra::db::{Conn, schema};
use mainstay::kernel::{AccountId, AiPolicy, Cla, Clock as _, NeedId, NeedKind, ProjectId, Timestamp, Urgency};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Skills that people have and needs ask for; the first ones the most often.
pub(super) const SKILLS: [&str; 16] = [
    "rust",
    "python",
    "go",
    "c",
    "fuzzing",
    "cryptography",
    "javascript",
    "kubernetes",
    "haskell",
    "java",
    "sql",
    "docker",
    "zorblax-engine",
    "tls",
    "typescript",
    "zig",
];
/// Where people work.
pub(super) const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"];
/// Rows of a statement; SQLite takes 32,766 values.
const BATCH: usize = 500;

pub(super) fn need_id(n: usize) -> NeedId {
    NeedId(number(2, n))
}

pub(super) fn account_id(n: usize) -> AccountId {
    AccountId(number(3, n))
}

fn number(kind: u128, n: usize) -> Uuid {
    Uuid::from_u128(kind << 96 | 0x7000 << 64 | 0x8000 << 48 | u128::try_from(n).unwrap())
}

/// One to four skills with their levels, in the order drawn.
pub(super) fn skills(dice: &mut Dice) -> Vec<(&'static str, i16)> {
    let mut drawn: BTreeMap<&str, i16> = BTreeMap::new();
    for _ in 0..=dice.below(4) {
        // Twice drawn, the smaller: the first skills are the most sought.
        let at = dice.below(SKILLS.len()).min(dice.below(SKILLS.len()));
        drawn.insert(SKILLS[at], i16::try_from(1 + dice.below(5)).unwrap());
    }
    drawn.into_iter().collect()
}

macro_rules! insert {
    ($conn:expr, $table:ident, $rows:expr) => {
        for some in $rows.chunks(BATCH) {
            match $conn {
                Conn::Postgres(conn) => diesel::insert_into(schema::$table::table).values(some).execute(conn)?,
                Conn::Sqlite(conn) => diesel::insert_into(schema::$table::table).values(some).execute(conn)?,
            };
        }
    };
}

/// So many needs of a fifth as many projects, whose lead is `lead`, and so many people who sign in with this password.
pub(super) async fn fill(app: &TestApp, dice: &mut Dice, needs: usize, people: usize, lead: &str, password: String) {
    let now = app.clock.now();
    let (mut need_rows, mut need_skills, mut projects) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..needs.div_ceil(5) {
        projects.push(project(dice, n, now));
    }
    for n in 0..needs {
        let (row, mut skills) = need(dice, n, now);
        need_rows.push(row);
        need_skills.append(&mut skills);
    }
    let (mut accounts, mut profiles, mut profile_skills) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..people {
        accounts.push(account(n, now, &password));
        let (row, mut skills) = profile(dice, n, now);
        profiles.push(row);
        profile_skills.append(&mut skills);
    }
    let lead = lead.to_owned();
    let written = app.ctx.store().write(move |conn| {
        let lead = mainstay::features::accounts::find_account_by_handle(conn, &lead)?.unwrap().id;
        let with = |project: &Project| Maintainer {
            project_id: project.id,
            account_id: lead,
            role: ProjectRole::Lead,
            verified_at: Some(now),
            since: now,
        };
        let maintainers: Vec<Maintainer> = projects.iter().map(with).collect();
        insert!(conn, projects, projects);
        insert!(conn, project_maintainers, maintainers);
        insert!(conn, needs, need_rows);
        insert!(conn, need_skills, need_skills);
        insert!(conn, accounts, accounts);
        insert!(conn, volunteer_profiles, profiles);
        insert!(conn, profile_skills, profile_skills);
        Ok(())
    });
    written.await.unwrap();
}

fn project(dice: &mut Dice, n: usize, now: Timestamp) -> Project {
    let share = |dice: &mut Dice| f64::from(u32::try_from(dice.below(100)).unwrap()) / 100.0;
    Project {
        id: ProjectId(number(1, n)),
        slug: format!("p{n}"),
        name: format!("Project {n}"),
        name_folded: format!("project {n}"),
        search: format!("project {n}"),
        description: String::new(),
        repository_url: format!("https://example.org/p{n}"),
        repository_key: format!("example.org/p{n}"),
        homepage_url: None,
        license: (*dice.pick(&[None, Some("MIT"), Some("GPL-3.0-only")])).map(str::to_owned),
        review_hours_per_week: 1000.0,
        ai_policy: AiPolicy::Welcome,
        cla: *dice.pick(&[Cla::None, Cla::Dco]),
        status: ProjectStatus::Listed,
        criticality_score: Some(share(dice)),
        criticality_tier: Some(3),
        criticality_algorithm: None,
        criticality_as_of: None,
        criticality_curated: false,
        systemic_risk: (dice.below(2) == 0).then(|| share(dice)),
        source: ProjectSource::Curated,
        sample: false,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

fn need(dice: &mut Dice, n: usize, now: Timestamp) -> (Need, Vec<NeedSkill>) {
    let id = need_id(n);
    let mut position = 0;
    let skills = skills(dice).into_iter().map(|(skill, level)| {
        position += 1;
        NeedSkill { need_id: id, skill: skill.to_owned(), position, level, required: dice.below(3) > 0 }
    });
    let skills = skills.collect();
    // Few values, so that many needs are worth the same to somebody.
    let row = Need {
        id,
        project_id: ProjectId(number(1, n / 5)),
        title: format!("Need {n}"),
        search: format!("need {n}"),
        kind: *dice.pick(&[NeedKind::Fuzzing, NeedKind::Triage, NeedKind::CodeReview]),
        description: "Some work.".to_owned(),
        size: NeedSize::Medium,
        hours_per_week: f64::from(u32::try_from(1 + dice.below(4)).unwrap()),
        weeks: 8,
        seats: 2,
        urgency: *dice.pick(&[Urgency::Low, Urgency::Normal, Urgency::Critical]),
        access_level: 0,
        visibility: NeedVisibility::Public,
        time_zones: Json(if dice.below(2) == 0 { vec![(*dice.pick(&ZONES)).to_owned()] } else { Vec::new() }),
        overlap_hours: None,
        starts_on: None,
        apply_until: None,
        links: Json(Vec::new()),
        response_days: 7,
        sample_note: None,
        status: if n % 10 == 9 { NeedStatus::Paused } else { NeedStatus::Open },
        revision: 1,
        version: 1,
        opened_at: Some(now),
        renew_by: Some(now + chrono::TimeDelta::days(60)),
        created_at: now,
        updated_at: now,
        seats_taken: 0,
    };
    (row, skills)
}

fn account(n: usize, now: Timestamp, password: &str) -> Account {
    Account {
        id: account_id(n),
        email: format!("v{n}@example.org"),
        email_folded: format!("v{n}@example.org"),
        email_verified_at: Some(now),
        handle: format!("v{n}"),
        display_name: format!("Person {n}"),
        password_hash: Some(password.to_owned()),
        status: AccountStatus::Active,
        consented_at: now,
        consented_terms: None,
        mfa_enabled_at: None,
        deletes_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
        undeliverable_since: None,
        undeliverable_why: None,
    }
}

fn profile(dice: &mut Dice, n: usize, now: Timestamp) -> (Profile, Vec<ProfileSkill>) {
    let account_id = account_id(n);
    let mut position = 0;
    let skills = skills(dice).into_iter().map(|(skill, level)| {
        position += 1;
        ProfileSkill { account_id, skill: skill.to_owned(), position, level, years: None, evidence_url: None }
    });
    let skills = skills.collect();
    let row = Profile {
        account_id,
        hours_per_week: f64::from(u32::try_from(2 + dice.below(8)).unwrap()),
        time_zone: (*dice.pick(&ZONES)).to_owned(),
        languages: Json(vec!["en".to_owned()]),
        interests: Json(if dice.below(2) == 0 { vec![NeedKind::Fuzzing] } else { Vec::new() }),
        domains: Json(Vec::new()),
        learning: Json(Vec::new()),
        max_access_level: 4,
        available_from: None,
        unavailable: Json(Vec::new()),
        visibility: *dice.pick(&[ProfileVisibility::Public, ProfileVisibility::Members, ProfileVisibility::Hidden]),
        version: 1,
        created_at: now,
        updated_at: now,
        suspended_at: None,
    };
    (row, skills)
}
