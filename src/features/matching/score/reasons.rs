//! A sentence for each factor, for people who have never heard of the formula.
//!
//! Every row of a list has nine of them, a seventh of the time of a question: what all rows say is put together without `format!`,
//! which takes twice as long.

use super::card::{Need, Person, Want};
use super::factors::{self, days_waiting, depends, likes_domain, likes_kind};
use super::fit::{self, Origin, relation};
use super::voice::{Reader, Voice, count, list, tidy};
use super::{Constants, Dependency, Evidence, Factor, Market};
use crate::features::skills::taxonomy::Relation;

/// Writes the sentences of one pair.
pub(crate) struct Reasons<'a> {
    pub(crate) market: &'a Market,
    pub(crate) need: Need<'a>,
    pub(crate) person: Person<'a>,
    pub(crate) reader: Reader,
}

impl Reasons<'_> {
    /// Why this factor gives what it gives.
    pub(crate) fn text(&self, factor: Factor) -> String {
        match factor {
            Factor::SkillsRequired => self.skills(true),
            Factor::SkillsOptional => self.skills(false),
            Factor::Evidence => self.evidence(),
            Factor::Priority => self.priority(),
            Factor::Availability => self.availability(),
            Factor::TimeZone => self.time_zone(),
            Factor::Interests => self.interests(),
            Factor::Balance => self.balance(),
            Factor::Dependency => self.dependency(),
        }
    }

    fn voice(&self) -> Voice<'_> {
        Voice::new(self.reader, &self.person.facts.handle)
    }

    fn constants(&self) -> &Constants {
        &self.market.constants
    }

    fn skills(&self, required: bool) -> String {
        let wants: Vec<&Want> = self.need.card.wants.iter().filter(|want| want.required == required).collect();
        if wants.is_empty() {
            return if required { "No skill is required." } else { "No further skill is asked for." }.to_owned();
        }
        let sentences: Vec<String> = wants.into_iter().map(|want| self.skill(want)).collect();
        sentences.join(" ")
    }

    fn skill(&self, want: &Want) -> String {
        let voice = self.voice();
        let (name, level) = (want.skill.name(), want.level);
        let Some(Origin { held, .. }) = fit::origin(self.constants(), self.person.card, want) else {
            let near =
                self.person.card.held.iter().filter(|held| held.skill == want.skill).map(|held| held.level).max();
            return match near {
                Some(have) => format!(
                    "{} {} {name} at level {have}, too far below the wanted level {level}.",
                    voice.who(),
                    voice.verb("know", "knows")
                ),
                None => format!("Nothing among {} skills comes near {name}; level {level} is wanted.", voice.their()),
            };
        };
        if held.learning {
            return format!("{} {} learning {name}; level {level} is wanted.", voice.who(), voice.verb("are", "is"));
        }
        let [before, this, after] = match relation(&held.skill, &want.skill) {
            Relation::Same | Relation::None => [""; 3],
            Relation::Implies { .. } => [", which includes knowing ", name, ""],
            Relation::ImpliedBy { .. } => [", a part of what ", name, " takes"],
            Relation::Sibling => [", which is much like ", name, ""],
            Relation::Related => [", which is related to ", name, ""],
        };
        let [wanted, at] = if this.is_empty() { [""; 2] } else { [name, " at "] };
        let (know, have, level) = (voice.verb("know", "knows"), held.level.to_string(), level.to_string());
        let knows = [voice.who(), " ", know, " ", held.skill.name(), " at level ", &have].concat();
        [&knows, before, this, after, "; ", wanted, at, "level ", &level, " is wanted."].concat()
    }

    fn evidence(&self) -> String {
        let voice = self.voice();
        let mut proven: Vec<String> = Vec::new();
        for want in &self.need.card.wants {
            for skill in &self.person.facts.skills {
                let (sort, on) = match skill.evidence {
                    Evidence::None => continue,
                    Evidence::Endorsed(on) => ("endorsed", on),
                    Evidence::Confirmed(on) => ("work confirmed", on),
                };
                if fit::counts(self.constants(), &skill.skill, skill.level.get(), want) {
                    proven.push(format!("{} ({sort} {on})", skill.skill));
                }
            }
        }
        if proven.is_empty() {
            let on = if self.person.card.held.is_empty() {
                "There is no skill yet that could rest on"
            } else {
                "What matches rests on"
            };
            return format!("{on} {} own word; confirmed work or an endorsement counts here.", voice.their());
        }
        proven.sort();
        proven.dedup();
        format!(
            "What matches rests partly or wholly on {}; evidence counts half after {} months.",
            list(&proven),
            tidy(self.constants().evidence_half_life_months)
        )
    }

    fn priority(&self) -> String {
        let facts = self.need.facts;
        let risk = tidy(100.0 * factors::risk(facts));
        let risk = match (facts.systemic_risk, facts.criticality) {
            (Some(_), _) => ["systemic risk is ", &risk, " of 100"].concat(),
            (None, Some(_)) => ["criticality is ", &risk, " of 100"].concat(),
            (None, None) => "criticality is not known yet".to_owned(),
        };
        let waiting = days_waiting(facts, self.market);
        let days = if waiting == 1 { " day" } else { " days" };
        let pending = match facts.pending_applications {
            0 => String::new(),
            n => {
                let seats = facts.seats_left.max(1);
                let (applications, seat) =
                    (if n == 1 { "application" } else { "applications" }, if seats == 1 { "seat" } else { "seats" });
                format!(" With {n} open {applications} for {seats} {seat}, that weighs less.")
            }
        };
        let waited = [", and it has waited ", &waiting.to_string(), days, " without an applicant."].concat();
        ["The project's ", &risk, ", the need's urgency is ", facts.urgency.as_str(), &waited, &pending].concat()
    }

    fn availability(&self) -> String {
        let voice = self.voice();
        let (calendar, window) = (&self.person.card.calendar, self.need.card.window);
        let free = calendar.free(window);
        let (who, have) = (voice.who(), voice.verb("have", "has"));
        let of = match calendar.offered() {
            offered if free.hours < offered => format!(" of {} offered", tidy(offered)),
            _ => String::new(),
        };
        let days = match (free.days, free.of) {
            (days, of) if days < of => {
                let are = voice.verb("are", "is");
                format!(" and {are} there on {days} of the {of} days ({} on average)", tidy(free.average()))
            }
            _ => String::new(),
        };
        let wanted = tidy(self.need.card.hours);
        let are = if wanted == "1" { "is" } else { "are" };
        let free = [who, " ", have, " ", &count(free.hours, "hour"), " a week free"].concat();
        [&free, &of, &days, "; ", &wanted, " ", are, " wanted."].concat()
    }

    fn time_zone(&self) -> String {
        let voice = self.voice();
        let Some(wanted) = self.need.card.overlap else { return "The need does not depend on a time zone.".to_owned() };
        let hours = tidy(wanted / 60.0);
        let wanted = if hours == "1" { "1 hour is" } else { &[&hours, " hours are"].concat() };
        let their = voice.start_their();
        match factors::overlap(&self.need.card.offsets, self.person.card.offset) {
            None => [their, " time zone is not known; ", wanted, " wanted."].concat(),
            Some(overlap) => {
                let overlap = count(f64::from(overlap) / 60.0, "hour");
                [their, " working day (9 to 17) overlaps by ", &overlap, " today; ", wanted, " wanted."].concat()
            }
        }
    }

    fn interests(&self) -> String {
        let voice = self.voice();
        if !self.person.card.has_interests {
            return format!("{} {} named no interests, so this counts half.", voice.who(), voice.verb("have", "has"));
        }
        let kind = self.need.facts.kind.map_or("this kind of work".to_owned(), |kind| kind.as_str().replace('_', " "));
        let (likes_kind, likes_domain) = (likes_kind(self.need, self.person), likes_domain(self.need, self.person));
        let their = voice.their();
        match (likes_kind, likes_domain) {
            (true, true) => format!("Both {kind} and the project's field are among {their} interests."),
            (true, false) => format!("{} is among {their} interests; the project's field is not.", capital(&kind)),
            (false, true) => format!("The project's field is among {their} interests; {kind} is not."),
            (false, false) => ["Neither ", &kind, " nor the project's field is among ", their, " interests."].concat(),
        }
    }

    fn balance(&self) -> String {
        match (self.need.facts.price, self.market.price_p95) {
            (_, None) => "No allocation has been run yet, so no need counts as crowded.".to_owned(),
            (Some(price), Some(p95)) if price > 0.0 && p95 > 0.0 => {
                let share = tidy(100.0 * (price / p95).min(1.0));
                format!(
                    "In the last allocation this need was sought after at {share}% of the level of the most crowded ones."
                )
            }
            _ => "In the last allocation nobody crowded this need.".to_owned(),
        }
    }

    fn dependency(&self) -> String {
        if !self.reader.may_see_private() {
            return "What an employer depends on is for its own members to know; it plays no part in this score."
                .to_owned();
        }
        let voice = self.voice();
        let project = &self.need.facts.project.name;
        let Some(employer) = &self.person.facts.employer else {
            return format!("No employer of {} is known to depend on {project}.", voice.verb("yours", "theirs"));
        };
        let name = &employer.name;
        match depends(self.need, self.person) {
            None => format!("Nothing that {name} has uploaded says that it depends on {project}."),
            Some(Dependency::Direct) => format!(
                "{name} depends on {project} directly, by its own bills of materials. Its members alone see this."
            ),
            Some(Dependency::Transitive) => {
                format!(
                    "{name} depends on {project} through other packages, by its own bills of materials. Its members alone see this."
                )
            }
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
