//! A small model of the marketplace: where everything stands by the events so far. What the tables don't allow, what was
//! acknowledged and is not there, and who was not told, are violations (invariants 2 to 4).

use super::sound::note;
use crate::app::TestApp;
use diesel::prelude::*;
use mainstay::app::{machines, subscriptions};
use mainstay::features::accounts;
use mainstay::infra::db::sql::Json;
use mainstay::infra::db::{Conn, schema};
use mainstay::infra::mail::{Message, MessageId};
use mainstay::infra::outbox::SPREAD_NEWS;
use mainstay::kernel::{EntityId, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Machines whose rows are compared with the model.
const WATCHED: [&str; 5] = ["proposal", "assignment", "need", "pledge", "time_entry"];
/// Where a proposal comes to, and its volunteer is told of, unless it was their own doing.
const TOLD: [&str; 5] = ["accepted", "offered", "waitlisted", "declined", "expired"];

/// What was answered to one command.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) path: String,
    pub(super) status: u16,
    pub(super) request_id: String,
}

/// One event.
#[derive(Debug)]
struct Happened {
    machine: String,
    entity: Uuid,
    actor: Option<Uuid>,
    from: Option<String>,
    to: String,
    request_id: String,
}

/// A notice, or news that is yet to become some.
#[derive(Debug)]
struct Told {
    topic: String,
    path: String,
    accounts: Vec<Uuid>,
}

/// What is new in the database.
struct Seen {
    /// Where the things that moved stand by their rows.
    rows: Vec<((String, Uuid), String)>,
    /// Whose proposals these are.
    volunteers: Vec<(EntityId, EntityId)>,
    notices: Vec<(EntityId, String, String, EntityId)>,
    waiting: Vec<Told>,
}

/// The model.
pub(super) struct Watch {
    /// `from action to` of each machine.
    tables: BTreeMap<String, BTreeSet<(&'static str, &'static str, &'static str)>>,
    last: Option<EntityId>,
    states: BTreeMap<(String, Uuid), String>,
    reached: HashSet<(Uuid, String)>,
    volunteers: BTreeMap<Uuid, Uuid>,
    /// The newest notice, and who has heard what: topic, path and account.
    last_notice: Option<EntityId>,
    heard: HashSet<(String, String, Uuid)>,
    mails: HashMap<MessageId, (String, String)>,
    pub(super) events: usize,
}

fn machine(path: &str) -> Option<(&str, Uuid, &str)> {
    let mut parts = path.trim_start_matches("/api/v1").trim_start_matches('/').split('/');
    let (thing, id) = (parts.next()?, parts.next()?.parse().ok()?);
    let machine = match thing {
        "proposals" => "proposal",
        "assignments" => "assignment",
        "needs" => "need",
        "pledges" => "pledge",
        "time-entries" => "time_entry",
        _ => return None,
    };
    Some((machine, id, parts.next().unwrap_or_default()))
}

impl Watch {
    pub(super) fn new() -> Self {
        let name = |name: &str| name.to_lowercase().replace([' ', '-'], "_");
        let tables = machines::all()
            .into_iter()
            .map(|machine| {
                (name(machine.name), machine.rows.iter().map(|row| (row.from, row.action, row.to)).collect())
            })
            .collect();
        Self {
            tables,
            last: None,
            states: BTreeMap::new(),
            reached: HashSet::new(),
            volunteers: BTreeMap::new(),
            last_notice: None,
            heard: HashSet::new(),
            mails: HashMap::new(),
            events: 0,
        }
    }

    /// Whether the model's state allows what is asked for of a proposal; what it does not know may be anything.
    pub(super) fn allows(&self, path: &str) -> bool {
        let Some(("proposal", id, action)) = machine(path) else { return true };
        let Some(state) = self.states.get(&("proposal".to_owned(), id)) else { return true };
        self.tables["proposal"].iter().any(|(from, act, _)| from == state && *act == action)
    }

    /// Takes in what has happened since, and gives what must not have.
    pub(super) async fn look(&mut self, app: &TestApp, answers: &[Answered]) -> Vec<String> {
        let last = self.last;
        let (happened, newest) = app.ctx.store().read(move |conn| events_after(conn, last)).await.unwrap();
        self.last = newest.or(last);
        self.events += happened.len();
        let mut found = Vec::new();
        for event in &happened {
            self.take(event, &mut found);
        }
        acknowledged(answers, &happened, &mut found);
        let touched: BTreeSet<(String, Uuid)> = happened.iter().map(|one| (one.machine.clone(), one.entity)).collect();
        let last_notice = self.last_notice;
        let seen = app.ctx.store().read(move |conn| see(conn, touched, last_notice)).await.unwrap();
        for (key, status) in &seen.rows {
            let known = self.states.get(key);
            note(&mut found, known == Some(status), || {
                format!("model: {key:?} is {status}, and its events say {known:?}")
            });
        }
        self.volunteers.extend(seen.volunteers.iter().map(|(id, account)| (Uuid::from(*id), Uuid::from(*account))));
        self.hear(seen, &happened, &mut found);
        found
    }

    /// 4. One event: it goes on where the one before ended, by a row of the table.
    fn take(&mut self, event: &Happened, found: &mut Vec<String>) {
        let key = (event.machine.clone(), event.entity);
        self.reached.insert((event.entity, event.to.clone()));
        let before = self.states.insert(key, event.to.clone());
        if !WATCHED.contains(&event.machine.as_str()) {
            return;
        }
        note(found, before == event.from, || format!("model: {event:?} after {before:?}"));
        let Some(from) = &event.from else { return };
        let table = &self.tables[&event.machine];
        let known = *from == event.to || table.iter().any(|(state, _, to)| state == from && *to == event.to);
        note(found, known, || format!("model: {event:?} is in no table"));
    }

    /// 3. Whoever is to be told has been or will be, and nobody of what did not happen.
    fn hear(&mut self, seen: Seen, happened: &[Happened], found: &mut Vec<String>) {
        self.last_notice = seen.notices.last().map(|notice| notice.0).or(self.last_notice);
        let told = |(_, topic, path, account): (EntityId, String, String, EntityId)| Told {
            topic,
            path,
            accounts: vec![account.into()],
        };
        let notices: Vec<Told> = seen.notices.into_iter().map(told).collect();
        for one in notices.iter().chain(&seen.waiting) {
            let Some((machine, id, _)) = machine(&one.path) else { continue };
            let known = self.states.contains_key(&(machine.to_owned(), id));
            note(found, known, || format!("messages: {one:?} is about nothing"));
            let word = one.topic.split_once('.').map_or("", |(_, word)| word);
            let is_state = machine == "proposal" && self.tables[machine].iter().any(|(.., to)| *to == word);
            let happened = !is_state || self.reached.contains(&(id, word.to_owned()));
            note(found, happened, || format!("messages: {one:?} never happened"));
        }
        let heard = notices.into_iter().map(|one| (one.topic, one.path, one.accounts[0]));
        self.heard.extend(heard);
        let mut ends: BTreeMap<(&str, Uuid), &Happened> = BTreeMap::new();
        for event in happened.iter().filter(|event| event.machine == "proposal") {
            ends.insert((&event.request_id, event.entity), event);
        }
        for event in ends.into_values().filter(|event| TOLD.contains(&event.to.as_str())) {
            let Some(volunteer) = self.volunteers.get(&event.entity) else { continue };
            if event.actor == Some(*volunteer) || event.from.as_ref() == Some(&event.to) {
                continue;
            }
            let (topic, path) = (format!("proposal.{}", event.to), format!("/proposals/{}", event.entity));
            let hears = |one: &Told| one.topic == topic && one.path == path && one.accounts.contains(volunteer);
            let told =
                seen.waiting.iter().any(hears) || self.heard.contains(&(topic.clone(), path.clone(), *volunteer));
            note(found, told, || format!("messages: nobody tells the volunteer of {event:?}"));
        }
        for event in happened.iter().filter(|event| event.machine == "assignment" && event.from.is_none()) {
            let path = format!("/assignments/{}", event.entity);
            let waits = seen.waiting.iter().any(|one| one.topic == "assignment.onboarding" && one.path == path);
            let told = waits || self.heard.iter().any(|one| one.0 == "assignment.onboarding" && one.1 == path);
            note(found, told, || format!("messages: nobody tells of {event:?}"));
        }
    }

    /// Invariant 3: does what waits, some of it twice, as a worker does that dies before it can say that it was done: every notice is there
    /// once, and every mail of one, told apart by its id.
    pub(super) async fn deliver(&mut self, app: &TestApp) -> Vec<String> {
        let waiting = app.ctx.store().read(|conn| Ok(news(conn)?.into_iter().step_by(3).collect::<Vec<_>>()));
        for payload in waiting.await.unwrap() {
            subscriptions::spread(app.ctx.clone(), payload).await.unwrap();
        }
        app.run_jobs().await;
        let taken = app.mailbox.take().into_iter();
        self.mails.extend(
            taken.map(|Message { id, to, subject, .. }| (id, (to.as_str().to_owned(), subject.as_str().to_owned()))),
        );
        let (dead, mailed) = app.ctx.store().read(|conn| Ok((dead(conn)?, mailed(conn)?))).await.unwrap();
        let mut found = Vec::new();
        note(&mut found, dead == 0, || format!("messages: {dead} jobs are dead"));
        let mut sent: BTreeMap<&(String, String), usize> = BTreeMap::new();
        for key in self.mails.values() {
            *sent.entry(key).or_default() += 1;
        }
        for (key, count) in &mailed {
            let sent = sent.get(key).copied().unwrap_or_default();
            note(&mut found, sent == *count, || format!("messages: {count} notices and {sent} mails {key:?}"));
        }
        found
    }
}

/// 2. What was acknowledged is there, and what was refused left no trace.
fn acknowledged(answers: &[Answered], happened: &[Happened], found: &mut Vec<String>) {
    for one in answers {
        let traces = happened.iter().filter(|event| event.request_id == one.request_id).count();
        match one.status {
            // A side that says that the work is done waits for the other one.
            200 | 201 if one.path.ends_with("/complete") => {}
            200 | 201 => note(found, traces > 0, || format!("acknowledged, and nothing is there: {one:?}")),
            _ => note(found, traces == 0, || format!("refused, and {traces} events are there: {one:?}")),
        }
    }
}

fn events_after(conn: &mut Conn, last: Option<EntityId>) -> Result<(Vec<Happened>, Option<EntityId>)> {
    use schema::events;
    type Row = (EntityId, String, EntityId, Option<EntityId>, Option<String>, String, String);
    let mut query = events::table.into_boxed();
    if let Some(last) = last {
        query = query.filter(events::id.gt(last));
    }
    let rows: Vec<Row> = query
        .order(events::id)
        .select((
            events::id,
            events::machine,
            events::entity,
            events::actor,
            events::from_state,
            events::to_state,
            events::request_id,
        ))
        .load(conn)?;
    let newest = rows.last().map(|row| row.0);
    let happened = |(_, machine, entity, actor, from, to, request_id): Row| Happened {
        machine,
        entity: entity.into(),
        actor: actor.map(Into::into),
        from,
        to,
        request_id,
    };
    Ok((rows.into_iter().map(happened).collect(), newest))
}

/// Where these stand by their rows.
fn rows(conn: &mut Conn, touched: BTreeSet<(String, Uuid)>) -> Result<Vec<((String, Uuid), String)>> {
    macro_rules! statuses {
        ($table:ident, $ids:expr) => {{
            use diesel::dsl::sql;
            use diesel::sql_types::Text;
            schema::$table::table
                .filter(schema::$table::id.eq_any($ids))
                .select((schema::$table::id, sql::<Text>("status")))
                .load::<(EntityId, String)>(conn)?
        }};
    }
    let mut found = Vec::new();
    for machine in WATCHED {
        let ids: Vec<EntityId> = touched.iter().filter(|key| key.0 == machine).map(|key| EntityId(key.1)).collect();
        if ids.is_empty() {
            continue;
        }
        let rows = match machine {
            "proposal" => statuses!(proposals, ids),
            "assignment" => statuses!(assignments, ids),
            "need" => statuses!(needs, ids),
            "pledge" => statuses!(pledges, ids),
            _ => statuses!(time_entries, ids),
        };
        found.extend(rows.into_iter().map(|(id, status)| ((machine.to_owned(), id.into()), status)));
    }
    Ok(found)
}

/// News that waits to be spread.
fn news(conn: &mut Conn) -> Result<Vec<Value>> {
    use schema::jobs;
    let rows: Vec<Json<Value>> = jobs::table
        .filter(jobs::kind.eq(SPREAD_NEWS))
        .filter(jobs::dead_at.is_null())
        .order(jobs::id)
        .select(jobs::payload)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

fn see(conn: &mut Conn, touched: BTreeSet<(String, Uuid)>, last_notice: Option<EntityId>) -> Result<Seen> {
    use schema::{notices, proposals};
    let moved: Vec<EntityId> = touched.iter().filter(|key| key.0 == "proposal").map(|key| EntityId(key.1)).collect();
    let volunteers = proposals::table
        .filter(proposals::id.eq_any(moved))
        .select((proposals::id, proposals::account_id))
        .load(conn)?;
    let mut fresh = notices::table.into_boxed();
    if let Some(last) = last_notice {
        fresh = fresh.filter(notices::id.gt(last));
    }
    let notices = fresh
        .order(notices::id)
        .select((notices::id, notices::topic, notices::path, notices::account_id))
        .load(conn)?;
    let text = |news: &Value, field: &str| news[field].as_str().unwrap_or_default().to_owned();
    let waiting = news(conn)?.into_iter().map(|news| Told {
        topic: text(&news, "topic"),
        path: text(&news, "path"),
        accounts: serde_json::from_value(news["accounts"].clone()).unwrap(),
    });
    Ok(Seen { rows: rows(conn, touched)?, volunteers, notices, waiting: waiting.collect() })
}

fn dead(conn: &mut Conn) -> Result<i64> {
    use schema::jobs;
    Ok(jobs::table.filter(jobs::dead_at.is_not_null()).count().get_result(conn)?)
}

/// How many notices were mailed by themselves, by address and title.
fn mailed(conn: &mut Conn) -> Result<BTreeMap<(String, String), usize>> {
    use schema::notices;
    let rows: Vec<(mainstay::kernel::AccountId, String)> = notices::table
        .filter(notices::mailed_at.is_not_null())
        .select((notices::account_id, notices::title))
        .load(conn)?;
    let ids: BTreeSet<_> = rows.iter().map(|row| row.0).collect();
    let people = accounts::list_accounts(conn, &ids.into_iter().collect::<Vec<_>>())?;
    let address: BTreeMap<_, _> = people.into_iter().map(|account| (account.id, account.email)).collect();
    let mut counts = BTreeMap::new();
    for (account, title) in rows {
        *counts.entry((address[&account].clone(), title.trim().to_owned())).or_default() += 1;
    }
    Ok(counts)
}
