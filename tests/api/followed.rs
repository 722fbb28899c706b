//! The lists of a node that follows the change feed, against the plain formula over everything read anew: a large market is put in as
//! rows, a node builds its board from it, others change it through requests, and the node takes the changes over while they come.
//!
//! `MAINSTAY_FOLLOW_NEEDS`, `MAINSTAY_FOLLOW_CHANGES`, `MAINSTAY_FOLLOW_ASKED` and `MAINSTAY_FOLLOW_SEED` make it longer
//! (`just verify-feed`: 100,000 needs, 10,000 changes, 1,000 people and 1,000 needs asked about); the usual one is short.

mod rows;

use crate::app::{PASSWORD, TestApp};
use crate::client::{Answer, Client};
use crate::db::{TestDb, on_both};
use crate::dice::{Dice, setting};
use crate::{market, seed};
use mainstay::features::matching::Matcher;
use mainstay::features::matching::board::{Board, NeedFilter, VolunteerFilter};
use mainstay::features::matching::score::{NeedFacts, VolunteerFacts};
use mainstay::kernel::{AccountId, NeedId, PlatformRole};
use rows::{SKILLS, ZONES};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

/// Rows of each list that are compared.
const ROWS: usize = 20;
/// Changes after which a node is asked, and so takes over what is new.
const LOOK_EVERY: usize = 7;

struct World {
    app: TestApp,
    dice: Dice,
    needs: Vec<NeedId>,
    projects: usize,
    lead: Client,
    moderator: Client,
    coordinator: Client,
    owner: Client,
    /// People who change what they offer, and are asked for at the end.
    people: Vec<Client>,
    proposals: Vec<(String, usize)>,
    answers: BTreeMap<u16, usize>,
}

impl World {
    async fn new(db: TestDb, seed: u64, needs: usize, asked: usize) -> Self {
        let app = TestApp::start(db).await;
        let lead = app.person("lead").await;
        let moderator = app.person_with("modo", &[PlatformRole::Moderator]).await;
        let (coordinator, owner) = (app.coordinator().await, app.person("ada").await);
        market::organization(&owner, "freight").await;
        let mut dice = Dice::seeded(seed);
        let hash = app.ctx.hasher().hash(PASSWORD.to_owned().into()).await.unwrap();
        rows::fill(&app, &mut dice, needs, asked + needs / 5, "lead", hash).await;
        let mut people = Vec::new();
        for n in 0..asked {
            people.push(app.sign_in(&format!("v{n}@example.org"), &format!("v{n}")).await);
        }
        let (projects, needs) = (needs.div_ceil(5), (0..needs).map(rows::need_id).collect());
        let (proposals, answers) = (Vec::new(), BTreeMap::new());
        Self { app, dice, needs, projects, lead, moderator, coordinator, owner, people, proposals, answers }
    }

    fn wanted(&mut self) -> Value {
        let skills = rows::skills(&mut self.dice);
        skills.iter().map(|(skill, level)| json!({"skill": skill, "level": level, "required": level % 3 > 0})).collect()
    }

    /// A change of any kind, as somebody's request; one that is refused changes nothing.
    async fn change(&mut self) {
        let need = format!("/api/v1/needs/{}", self.dice.pick(&self.needs));
        let project = format!("/api/v1/projects/p{}", self.dice.below(self.projects));
        let who = self.dice.below(self.people.len());
        let hours = 1 + self.dice.below(6);
        let answer = match self.dice.below(100) {
            0..=29 => self.offer(who, hours).await,
            30..=59 => {
                let body = match self.dice.below(5) {
                    0 => json!({"skills": self.wanted()}),
                    1 => json!({"hours_per_week": hours}),
                    2 => json!({"urgency": *self.dice.pick(&["low", "normal", "high", "critical"])}),
                    3 => json!({"time_zones": [*self.dice.pick(&ZONES)], "overlap_hours": 3}),
                    _ => {
                        json!({"title": format!("Another name {hours}"), "kind": *self.dice.pick(&["fuzzing", "testing"])})
                    }
                };
                self.lead.patch(&need, body).await
            }
            60..=69 => self.lead.act(&format!("{need}/{}", self.dice.pick(&["pause", "resume", "close"]))).await,
            70..=76 => self.state(&project).await,
            77..=83 => {
                let body = match self.dice.below(4) {
                    0 => json!({"name": format!("Named anew {hours}")}),
                    1 => {
                        json!({"license": *self.dice.pick(&["MIT", "Apache-2.0"]), "cla": *self.dice.pick(&["none", "dco"])})
                    }
                    2 => json!({"tags": [*self.dice.pick(&SKILLS)]}),
                    _ => json!({"review_hours_per_week": 900 + hours}),
                };
                self.lead.patch(&project, body).await
            }
            84..=85 => self.moderator.post(&format!("{project}/suspend"), json!({"reason": "A report."})).await,
            86..=87 => self.moderator.post(&format!("{project}/unsuspend"), json!({"reason": "All is well."})).await,
            88..=92 => {
                let made = self.people[who].post(&format!("{need}/applications"), json!({"hours_per_week": 1})).await;
                if made.status == 201 {
                    self.proposals.push((made.json["id"].as_str().unwrap().to_owned(), who));
                }
                made
            }
            93..=97 if !self.proposals.is_empty() => {
                let (id, who) = self.dice.pick(&self.proposals).clone();
                let path = |action: &str| format!("/api/v1/proposals/{id}/{action}");
                match self.dice.below(4) {
                    0 => self.lead.act(&path("decline")).await,
                    1 => self.people[who].act(&path("withdraw")).await,
                    2 => self.lead.act(&path("accept")).await,
                    _ => self.people[who].act(&path("confirm")).await,
                }
            }
            _ => self.belong(who).await,
        };
        assert!(answer.status < 500, "{}", answer.text);
        *self.answers.entry(answer.status).or_default() += 1;
    }

    async fn offer(&mut self, who: usize, hours: usize) -> Answer {
        let skills = rows::skills(&mut self.dice);
        let skills: Value = skills.iter().map(|(skill, level)| json!({"skill": skill, "level": level})).collect();
        let body = json!({
            "skills": skills, "hours_per_week": hours, "time_zone": self.dice.pick(&ZONES), "languages": ["en"],
            "interests": [*self.dice.pick(&["fuzzing", "triage"])], "max_access_level": 2,
            "visibility": self.dice.pick(&["public", "members", "hidden"]),
        });
        self.people[who].put("/api/v1/me/profile", body).await
    }

    async fn state(&mut self, project: &str) -> Answer {
        let body = seed::need("One more", json!({"skills": self.wanted()}));
        let made = self.lead.post(&format!("{project}/needs"), body).await;
        let Some(id) = made.json["id"].as_str().filter(|_| made.status == 201) else { return made };
        self.needs.push(NeedId(id.parse().unwrap()));
        self.lead.act(&format!("/api/v1/needs/{id}/publish")).await
    }

    /// Comes to an organization, or leaves it.
    async fn belong(&mut self, who: usize) -> Answer {
        let handle = self.people[who].handle.clone();
        if self.dice.below(2) == 0 {
            return self
                .owner
                .send(reqwest::Method::DELETE, &format!("/api/v1/organizations/freight/members/{handle}"), &[], None)
                .await;
        }
        let invited = json!({"email": format!("{handle}@example.org"), "role": "member"});
        let made = self.owner.post("/api/v1/organizations/freight/invitations", invited).await;
        let open = self.people[who].get("/api/v1/me/organization-invitations").await.expect(200);
        match open["items"][0]["id"].as_str() {
            Some(id) => self.people[who].act(&format!("/api/v1/me/organization-invitations/{id}/accept")).await,
            None => made,
        }
    }
}

/// What is shown of a list: which rows, in their order, and what each scores.
type List = Vec<(String, f64)>;

fn list_of(page: &Value, what: &str, name: &str) -> List {
    let rows = page["items"].as_array().unwrap().iter();
    rows.map(|row| (row[what][name].as_str().unwrap().to_owned(), row["score"].as_f64().unwrap())).collect()
}

fn best_needs(board: &Board, who: &VolunteerFacts, scan: bool) -> List {
    let filter = NeedFilter { scan, ..NeedFilter::default() };
    let ranked = board.rank_needs(who, &filter, None, ROWS);
    ranked.into_iter().map(|row| (row.id.to_string(), row.matching.score)).collect()
}

fn best_people(board: &Board, need: &NeedFacts, scan: bool) -> List {
    let filter = VolunteerFilter { scan, ..VolunteerFilter::default() };
    let ranked = board.rank_volunteers(need, &filter, None, ROWS);
    let handle = |id: AccountId| board.volunteer(id).unwrap().handle.clone();
    ranked.into_iter().map(|row| (handle(row.id), row.matching.score)).collect()
}

/// The same rows in the same order, with the same scores as far as JSON tells them.
fn assert_same(shown: &List, plain: &List, whose: &str) {
    let near = |((id, score), (other, expected)): (&(String, f64), &(String, f64))| {
        id == other && (score - expected).abs() < 1e-9
    };
    assert!(shown.len() == plain.len() && shown.iter().zip(plain).all(near), "{whose}: {shown:?}, but {plain:?}");
}

/// Everything on a board, by its id.
fn everything(board: &Board) -> (HashMap<NeedId, NeedFacts>, HashMap<AccountId, VolunteerFacts>) {
    let needs = board.needs().map(|need| (need.id, need.clone())).collect();
    (needs, board.volunteers().map(|person| (person.account, person.clone())).collect())
}

/// Compares the lists of needs that the node shows people with the plain formula's over what was read anew.
async fn compare_people(world: &World, anew: &Matcher) -> usize {
    let mut rows = 0;
    for (n, person) in world.people.iter().enumerate() {
        let lists = move |board: &Board| {
            let facts = board.volunteer(rows::account_id(n))?;
            Some((best_needs(board, facts, true), best_needs(board, facts, false)))
        };
        // Whoever hides can't be looked up on the board.
        let Some((plain, indexed)) = anew.look(lists).await.unwrap() else { continue };
        let page = person.get(&format!("/api/v1/me/matches?limit={ROWS}")).await.expect(200);
        assert_same(&list_of(&page, "need", "id"), &plain, &format!("the node's list for v{n}"));
        assert_eq!(indexed, plain, "the list for v{n} by the index");
        rows += plain.len();
    }
    rows
}

/// The same of the people whom the node shows needs.
async fn compare_needs(world: &mut World, anew: &Matcher, asked: usize) -> usize {
    let mut rows = 0;
    for _ in 0..asked {
        let id = *world.dice.pick(&world.needs);
        let lists = move |board: &Board| {
            let facts = board.need(id)?;
            Some((best_people(board, facts, true), best_people(board, facts, false)))
        };
        let Some((plain, indexed)) = anew.look(lists).await.unwrap() else { continue };
        let page = world.coordinator.get(&format!("/api/v1/needs/{id}/matches?limit={ROWS}")).await.expect(200);
        assert_same(&list_of(&page, "volunteer", "handle"), &plain, &format!("the node's list for need {id}"));
        assert_eq!(indexed, plain, "the list for need {id} by the index");
        rows += plain.len();
    }
    rows
}

on_both! {
    async fn a_node_that_follows_the_feed_ranks_as_the_plain_formula_does_over_everything_read_anew(db: TestDb) {
        let many = |name, otherwise| usize::try_from(setting(name, otherwise)).unwrap();
        let (needs, changes) = (many("MAINSTAY_FOLLOW_NEEDS", 300), many("MAINSTAY_FOLLOW_CHANGES", 200));
        let (asked, seed) = (many("MAINSTAY_FOLLOW_ASKED", 30), setting("MAINSTAY_FOLLOW_SEED", 1));
        let begun = Instant::now();
        let mut world = World::new(db, seed, needs, asked).await;
        // Two that build their boards before the changes: the node, and one that can be looked into.
        let follower = Matcher::new(&world.app.ctx);
        follower.refresh(&world.app.ctx).await.unwrap();
        world.people[0].get("/api/v1/me/matches").await.expect(200);
        let filled = begun.elapsed();
        for change in 0..changes {
            world.change().await;
            if change % LOOK_EVERY == 0 {
                follower.refresh(&world.app.ctx).await.unwrap();
                world.people[change % asked].get("/api/v1/me/matches?limit=1").await.expect(200);
            }
        }
        let changed = begun.elapsed().saturating_sub(filled);
        let anew = Matcher::new(&world.app.ctx);
        anew.refresh(&world.app.ctx).await.unwrap();
        follower.refresh(&world.app.ctx).await.unwrap();
        let (kept, fresh) = (follower.look(everything).await.unwrap(), anew.look(everything).await.unwrap());
        assert!(kept.0 == fresh.0 && kept.1 == fresh.1, "the follower knows something else than the database");
        let (for_people, for_needs) = (compare_people(&world, &anew).await, compare_needs(&mut world, &anew, asked).await);
        println!(
            "seed {seed}: {} needs and {} people on the board after {changes} changes (answers {:?}); {for_people} rows of needs and \
             {for_needs} of people compared; {filled:.1?} to fill, {changed:.1?} to change, {:.1?} in all",
            fresh.0.len(), fresh.1.len(), world.answers, begun.elapsed()
        );
        let taken = world.answers.iter().filter(|(status, _)| **status < 300).map(|(_, count)| count).sum::<usize>();
        assert!(taken > changes / 2 && for_people > 3 * asked && for_needs > 3 * asked, "{:?}", world.answers);
        world.app.stop().await;
    }
}
