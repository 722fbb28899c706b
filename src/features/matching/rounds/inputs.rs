//! What a round is worked out from, frozen: the same inputs give the same plan again. Pure.

use super::model::RoundPolicy;
use crate::features::matching::allocate::{Candidate, Flaw, Helper, Opening, Policy, Round};
use crate::features::matching::board::{Board, NeedFilter};
use crate::features::matching::score::{Constants, NeedFacts, VolunteerFacts};
use crate::features::matching::shortages::free_hours;
use crate::kernel::{AccountId, Error, NeedId, ProjectId, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{Read as _, Write as _};

/// At most so many needs for one person at a time.
const MAX_NEEDS: u32 = 3;
/// Nobody works on a need for less than an hour a week.
const MIN_HOURS: f64 = 1.0;
/// Steps towards a tighter bound.
const STEPS: u32 = 200;
/// What a round takes a project's review budget for that has stated none; hours a week.
const NO_BUDGET: f64 = 65_535.0;
/// A packed round unpacks to at most so many bytes: 100,000 people with 50 pairs each are a tenth of it.
const LARGEST: u64 = 1 << 30;

/// What a round is to make the most of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Aim {
    /// The policy.
    pub policy: RoundPolicy,
    /// For the floor: hours a week of each tier-1 need.
    pub floor_hours: Option<f64>,
}

impl Aim {
    /// The total value.
    pub const TOTAL: Self = Self { policy: RoundPolicy::Total, floor_hours: None };
}

/// Somebody's free hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Whose.
    pub account: AccountId,
    /// Hours a week that are free.
    pub hours: f64,
    /// At most so many needs.
    pub max_needs: u32,
    /// The person's skills with their levels.
    pub skills: Vec<(String, u8)>,
}

/// A need with room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wish {
    /// Which.
    pub need: NeedId,
    /// Hours a week over all seats left.
    pub hours: f64,
    /// Seats left.
    pub seats: u32,
    /// Fewest hours of one person.
    pub min_hours: f64,
    /// Most hours of one person: those of a seat.
    pub max_hours: f64,
    /// Position in [`Inputs::projects`].
    pub project: u32,
    /// 1 (most critical) to 3.
    pub tier: u8,
    /// The skills it requires with their levels.
    pub skills: Vec<(String, u8)>,
}

/// A project's room for helpers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Room {
    /// Which.
    pub project: ProjectId,
    /// Hours a week that its maintainers can still review.
    pub hours: f64,
}

/// Everything that goes into a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inputs {
    /// The day for which scores hold, in UTC.
    pub today: NaiveDate,
    /// The numbers of the score.
    pub constants: Constants,
    /// What to make the most of.
    pub aim: Aim,
    /// Steps towards a tighter bound.
    pub steps: u32,
    /// Everybody with hours to give, by id.
    pub offers: Vec<Offer>,
    /// Every open need with room, by id.
    pub wishes: Vec<Wish>,
    /// The projects of these needs.
    pub projects: Vec<Room>,
    /// Who fits what: positions of offer and wish, and the score.
    pub pairs: Vec<(u32, u32, f64)>,
}

fn wish(need: &NeedFacts, project: u32) -> Wish {
    let required = need.skills.iter().filter(|wanted| wanted.required);
    Wish {
        need: need.id,
        hours: need.hours_per_week * f64::from(need.seats_left),
        seats: need.seats_left,
        min_hours: need.min_hours_per_week.unwrap_or(MIN_HOURS).min(need.hours_per_week),
        max_hours: need.hours_per_week,
        project,
        tier: need.tier.unwrap_or(3),
        skills: required.map(|wanted| (wanted.skill.slug().to_owned(), wanted.level.get())).collect(),
    }
}

fn offer(person: &VolunteerFacts) -> Offer {
    Offer {
        account: person.account,
        hours: free_hours(person),
        max_needs: MAX_NEEDS,
        skills: person.skills.iter().map(|held| (held.skill.slug().to_owned(), held.level.get())).collect(),
    }
}

impl Inputs {
    /// Takes down what is on the board.
    pub fn freeze(board: &Board, aim: Aim) -> Self {
        Self::freeze_some(board, aim, |_| true, |_| true)
    }

    /// Takes down some of the people and some of the needs.
    pub fn freeze_some(
        board: &Board,
        aim: Aim,
        takes_part: impl Fn(&VolunteerFacts) -> bool,
        counts: impl Fn(&NeedFacts) -> bool,
    ) -> Self {
        let mut needs: Vec<&NeedFacts> = board.needs().filter(|need| need.seats_left > 0 && counts(need)).collect();
        let mut people: Vec<&VolunteerFacts> =
            board.volunteers().filter(|person| free_hours(person) > 0.0 && takes_part(person)).collect();
        // The same board gives the same inputs, in whichever order it was filled.
        needs.sort_by_key(|need| need.id);
        people.sort_by_key(|person| person.account);
        let (mut places, mut projects) = (HashMap::new(), Vec::new());
        let mut wishes = Vec::with_capacity(needs.len());
        for need in &needs {
            let next = u32::try_from(projects.len()).unwrap_or(u32::MAX);
            let place = *places.entry(need.project.id).or_insert_with(|| {
                let hours = need.review_hours_left.unwrap_or(NO_BUDGET).max(0.0);
                projects.push(Room { project: need.project.id, hours });
                next
            });
            wishes.push(wish(need, place));
        }
        let positions: HashMap<NeedId, u32> = needs.iter().map(|need| need.id).zip(0u32..).collect();
        let mut pairs = Vec::new();
        for (at, person) in (0u32..).zip(&people) {
            for ranked in board.rank_needs(person, &NeedFilter::default(), None, board.need_count()) {
                if let Some(need) = positions.get(&ranked.id) {
                    pairs.push((at, *need, ranked.matching.score));
                }
            }
        }
        let (today, constants) = (board.market().today, board.market().constants.clone());
        let offers = people.into_iter().map(offer).collect();
        Self { today, constants, aim, steps: STEPS, offers, wishes, projects, pairs }
    }

    /// The allocation problem that they are.
    ///
    /// # Errors
    /// When the floor is asked for without its hours.
    pub fn problem(&self) -> Result<Round, Flaw> {
        let policy = match (self.aim.policy, self.aim.floor_hours) {
            (RoundPolicy::Total, _) => Policy::Total,
            (RoundPolicy::CriticalFirst, _) => Policy::CriticalFirst,
            (RoundPolicy::Floor, Some(hours)) => Policy::Floor { hours },
            (RoundPolicy::Floor, None) => {
                let detail = "the policy floor wants hours a week".to_owned();
                return Err(Flaw { place: "/floor_hours".to_owned(), detail });
            }
        };
        let opening = |wish: &Wish| Opening {
            hours: wish.hours,
            seats: wish.seats,
            min_hours: wish.min_hours,
            max_hours: wish.max_hours,
            project: wish.project,
            tier: wish.tier,
        };
        Ok(Round {
            helpers: self.offers.iter().map(|x| Helper { hours: x.hours, max_needs: x.max_needs }).collect(),
            openings: self.wishes.iter().map(opening).collect(),
            budgets: self.projects.iter().map(|room| room.hours).collect(),
            candidates: self.pairs.iter().map(|x| Candidate { helper: x.0, opening: x.1, value: x.2 }).collect(),
            policy,
            steps: self.steps,
        })
    }

    /// As text to be kept: JSON, compressed, in base 64.
    ///
    /// # Errors
    /// Internal ones alone.
    pub fn pack(&self) -> Result<String> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&serde_json::to_vec(self).map_err(Error::internal)?).map_err(Error::internal)?;
        Ok(STANDARD.encode(packed.finish().map_err(Error::internal)?))
    }

    /// Reads what [`Inputs::pack`] made. Every round is worked out from inputs that were kept and read back, the first time
    /// too, so that a repetition has the very same numbers.
    ///
    /// # Errors
    /// When the text is not what it should be.
    pub fn unpack(text: &str) -> Result<Self> {
        let packed = STANDARD.decode(text).map_err(Error::internal)?;
        let mut plain = Vec::new();
        GzDecoder::new(packed.as_slice()).take(LARGEST).read_to_end(&mut plain).map_err(Error::internal)?;
        serde_json::from_slice(&plain).map_err(Error::internal)
    }
}
