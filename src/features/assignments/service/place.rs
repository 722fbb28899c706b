//! Making an assignment: everything that it takes is looked at under lock.

use super::step::record;
use super::tell::tell;
use super::terms;
use crate::features::accounts;
use crate::features::assignments::ladder::{EARNED_BY_DAYS, EARNED_FROM, active_days, earned_at};
use crate::features::assignments::letters::Notice;
use crate::features::assignments::model::{Assignment, AssignmentStatus, OnboardingTask, START_WITHIN, Side, ToDo};
use crate::features::assignments::problems::{
    ACCESS_NOT_EARNED, ACCESS_NOT_OFFERED, ALREADY_ASSIGNED, NEED_HOURS_FULL, NEED_NOT_OPEN, NOT_EMPLOYED,
    PERSON_HOURS_FULL, PLEDGE_HOURS_FULL, PLEDGE_OVER, REVIEW_BUDGET_FULL, VOLUNTEER_FACTOR_NEEDED,
    VOLUNTEER_HOURS_FULL,
};
use crate::features::assignments::store::{self, Of};
use crate::features::needs::{self, Need, NeedAction, NeedStatus};
use crate::features::organizations;
use crate::features::pledges::ledger::{EntryKind, minutes_from};
use crate::features::pledges::{self, Pledge, Posting};
use crate::features::projects::{Project, ProjectStatus};
use crate::features::proposals::{Agreed, Capacity};
use crate::features::volunteers;
use crate::infra::Ctx;
use crate::infra::db::{Among, Conn, unique_violation_on};
use crate::kernel::{
    AccountId, AssignmentId, Cla, Error, OrganizationId, PledgeId, Problem, ProjectId, ProposalId, RequestId, Result,
    Timestamp,
};
use chrono::{NaiveDate, TimeDelta};
use std::collections::{BTreeMap, HashMap};

/// What is to be made.
pub(super) struct Place<'a> {
    pub proposal: Option<ProposalId>,
    pub project: &'a Project,
    pub need: &'a Need,
    pub account: AccountId,
    /// Whose hours, where they are an employer's.
    pub employer: Option<(PledgeId, OrganizationId)>,
    pub hours: f64,
    /// The last day, where it is not the need's to say.
    pub ends_on: Option<NaiveDate>,
    pub by: Option<AccountId>,
    pub request_id: &'a RequestId,
}

/// Makes an assignment of what all sides agreed to, in the transaction at hand. Project and need must be locked; the proposal
/// hands over its seat.
///
/// # Errors
/// 409 that says which hours are missing, or what else stands against it; nothing is to be kept then.
pub fn hire(conn: &mut Conn, ctx: &Ctx, agreed: &Agreed<'_>) -> Result<AssignmentId> {
    let Agreed { proposal, project, need, by, request_id } = *agreed;
    if !need.status.is_live() || project.status != ProjectStatus::Listed {
        let detail = format!("The need is {}, and its project is {}.", need.status, project.status);
        return Err(Error::new(&NEED_NOT_OPEN, detail));
    }
    let place = Place {
        proposal: Some(proposal.id),
        project,
        need,
        account: proposal.account_id,
        employer: proposal.pledge_id.zip(proposal.employer_id),
        hours: proposal.hours_per_week,
        ends_on: None,
        by,
        request_id,
    };
    place.take(conn, ctx).map(|made| made.id)
}

impl Place<'_> {
    /// Takes the place, with the hours and the minutes that belong to it.
    pub(super) fn take(&self, conn: &mut Conn, ctx: &Ctx) -> Result<Assignment> {
        let pledge = match self.employer {
            Some((pledge, organization)) => Some(self.lock_pledge(conn, pledge, organization)?),
            None => None,
        };
        let (starts_on, ends_on) = self.period(ctx, pledge.as_ref())?;
        self.require_volunteer(conn)?;
        self.require_project(conn)?;
        if let Some(pledge) = &pledge {
            self.require_pledge(conn, pledge)?;
        }
        self.require_access(conn, ctx)?;
        let mut row = self.row(ctx, (starts_on, ends_on));
        if pledge.is_some() {
            row.reserved_minutes = minutes_from(starts_on, self.hours, starts_on, ends_on);
        }
        store::insert_assignment(conn, &row).map_err(|error| {
            if unique_violation_on(&error, "assignments", "need_id, account_id") {
                Error::new(&ALREADY_ASSIGNED, "There is a live assignment of this need and this volunteer.")
            } else {
                error
            }
        })?;
        store::insert_tasks(conn, &tasks(&row))?;
        store::insert_terms(conn, &terms::of(row.id, self.project))?;
        if let Some(pledge) = &pledge {
            let (minutes, reference) = (row.reserved_minutes, Some(row.id.into()));
            let posting = Posting { kind: EntryKind::Reserve, minutes, reference, note: None };
            pledges::post(conn, ctx, pledge, posting, self.by, self.request_id)?;
        }
        record(conn, ctx, None, &row, None, self.by, self.request_id)?;
        if self.need.status == NeedStatus::Open {
            let of = (self.project, self.need);
            needs::transition_in(conn, ctx, of, NeedAction::Begin, self.by, self.request_id)?;
        }
        tell(conn, ctx, &row, &[Side::Volunteer, Side::Project], self.by, &Notice::Onboarding)?;
        Ok(row)
    }

    fn lock_pledge(&self, conn: &mut Conn, id: PledgeId, organization: OrganizationId) -> Result<Pledge> {
        let pledge = pledges::lock_pledge(conn, id)?;
        let member = organizations::role_in(conn, organization, self.account)?;
        if pledge.organization_id != organization || member.is_none() {
            return Err(Error::new(
                &NOT_EMPLOYED,
                "The volunteer is no member of the organization that pledged the hours.",
            ));
        }
        Ok(pledge)
    }

    /// From the first day that need and pledge allow, for the need's weeks, at most to the pledge's last day.
    fn period(&self, ctx: &Ctx, pledge: Option<&Pledge>) -> Result<(NaiveDate, NaiveDate)> {
        let today = ctx.now().date_naive();
        let starts = [self.need.starts_on, pledge.map(|pledge| pledge.starts_on)];
        let first = starts.into_iter().flatten().fold(today, NaiveDate::max);
        let whole = first + TimeDelta::days(7 * i64::from(self.need.weeks) - 1);
        let last = [Some(self.ends_on.unwrap_or(whole)), pledge.map(|pledge| pledge.ends_on)];
        let last = last.into_iter().flatten().fold(NaiveDate::MAX, NaiveDate::min);
        if last < first {
            let detail = format!("The work would begin on {first}, and the last day is {last}.");
            return Err(Error::new(&PLEDGE_OVER, detail));
        }
        Ok((first, last))
    }

    /// Fails unless these hours fit beside those that are taken already.
    fn require(&self, conn: &mut Conn, of: Of, offered: f64, problem: &'static Problem, whose: &str) -> Result<()> {
        let taken = store::live_hours(conn, of)?;
        if taken.taken + self.hours <= offered {
            return Ok(());
        }
        let detail = format!(
            "{whose} {offered} hours a week, of which {} are taken by {}; {} more don't fit.",
            taken.taken,
            if taken.by == 1 { "1 assignment".to_owned() } else { format!("{} assignments", taken.by) },
            self.hours
        );
        let left = (offered - taken.taken).max(0.0);
        Err(Error::new(problem, detail).with_extra("hours", offered).with_extra("hours_left", left))
    }

    fn require_volunteer(&self, conn: &mut Conn) -> Result<()> {
        let profile = volunteers::lock_profile(conn, self.account)?;
        let (offered, access) = profile.map_or((0.0, 0), |profile| (profile.hours_per_week, profile.max_access_level));
        let of = Of::Volunteer(self.account);
        self.require(conn, of, offered, &VOLUNTEER_HOURS_FULL, "The volunteer offers")?;
        if self.need.access_level > access {
            let detail = format!("The work wants L{}, and the volunteer goes to L{access}.", self.need.access_level);
            return Err(Error::new(&ACCESS_NOT_OFFERED, detail));
        }
        Ok(())
    }

    fn require_project(&self, conn: &mut Conn) -> Result<()> {
        let (need, project) = (self.need, self.project);
        let wanted = need.hours_per_week * f64::from(need.seats);
        self.require(conn, Of::Need(need.id), wanted, &NEED_HOURS_FULL, "Over all its seats the need asks for")?;
        let budget = project.review_hours_per_week;
        self.require(conn, Of::Project(project.id), budget, &REVIEW_BUDGET_FULL, "The project's review budget is")
    }

    fn require_pledge(&self, conn: &mut Conn, pledge: &Pledge) -> Result<()> {
        self.require(conn, Of::Pledge(pledge.id), pledge.hours_per_week, &PLEDGE_HOURS_FULL, "The pledge has")?;
        let (of, most) = (Of::OnePerson(pledge.id, self.account), pledge.max_hours_per_person);
        self.require(conn, of, most, &PERSON_HOURS_FULL, "Of this pledge one person gets")?;
        let policy = organizations::find_policy(conn, pledge.organization_id)?;
        let Some(most) = policy.and_then(|policy| policy.max_hours_per_person) else { return Ok(()) };
        let of = Of::Employer(pledge.organization_id, self.account);
        self.require(conn, of, most, &PERSON_HOURS_FULL, "In the employer's time one person gets")
    }

    fn require_access(&self, conn: &mut Conn, ctx: &Ctx) -> Result<()> {
        if self.need.access_level < EARNED_FROM {
            return Ok(());
        }
        require_earned(conn, ctx, self.project, self.account)
    }

    fn row(&self, ctx: &Ctx, (starts_on, ends_on): (NaiveDate, NaiveDate)) -> Assignment {
        let now = ctx.now();
        let mut row = Assignment {
            id: ctx.ids().make(),
            proposal_id: self.proposal,
            need_id: self.need.id,
            project_id: self.project.id,
            account_id: self.account,
            status: AssignmentStatus::Onboarding,
            capacity: if self.employer.is_some() { Capacity::EmployerTime } else { Capacity::OwnTime },
            pledge_id: self.employer.map(|(pledge, _)| pledge),
            employer_id: self.employer.map(|(_, organization)| organization),
            hours_per_week: self.hours,
            access_level: self.need.access_level,
            cla: self.project.cla,
            license: self.project.license.clone(),
            starts_on,
            ends_on,
            reserved_minutes: 0,
            confirmed_minutes: 0,
            started_at: None,
            next_check_in_at: Some(now + START_WITHIN),
            remind_at: None,
            paused_until: None,
            notice_ends_at: None,
            volunteer_done_at: None,
            project_done_at: None,
            due_at: None,
            ended_at: None,
            ended_by: None,
            reason_code: None,
            reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        row.due_at = row.next_due().map(|(at, _)| at);
        row
    }
}

/// What earns access of level L3 and more: time at work on the project, and an account that is hard to take over.
pub(super) fn require_earned(conn: &mut Conn, ctx: &Ctx, project: &Project, account: AccountId) -> Result<()> {
    let days = active_days(store::list_spells(conn, project.id, account)?, ctx.now());
    if days < EARNED_BY_DAYS {
        let detail = format!("It wants {EARNED_BY_DAYS} active days on this project; the volunteer has {days}.");
        return Err(Error::new(&ACCESS_NOT_EARNED, detail));
    }
    if accounts::get_account(conn, account)?.mfa_enabled_at.is_none() {
        return Err(Error::new(&VOLUNTEER_FACTOR_NEEDED, "The volunteer's account has no second factor yet."));
    }
    Ok(())
}

/// On which projects these people have been at work for long enough to earn access of level L3 and more, and since when, or
/// until when they have if they go on.
pub fn list_earned(
    conn: &mut Conn,
    whose: Among<'_, AccountId>,
) -> Result<HashMap<AccountId, Vec<(ProjectId, Timestamp)>>> {
    let mut spells: BTreeMap<(AccountId, ProjectId), Vec<_>> = BTreeMap::new();
    for (account, project, from, until) in store::list_spells_of(conn, whose)? {
        spells.entry((account, project)).or_default().push((from, until));
    }
    let mut earned: HashMap<AccountId, Vec<(ProjectId, Timestamp)>> = HashMap::new();
    for ((account, project), spells) in spells {
        if let Some(at) = earned_at(spells) {
            earned.entry(account).or_default().push((project, at));
        }
    }
    Ok(earned)
}

/// What has to be done before the work begins.
fn tasks(row: &Assignment) -> Vec<ToDo> {
    let wanted = [
        (OnboardingTask::Cla, row.cla != Cla::None),
        (OnboardingTask::Access, row.access_level > 0),
        (OnboardingTask::FirstContact, true),
    ];
    let wanted = wanted.into_iter().filter(|(_, wanted)| *wanted).zip(0i16..);
    wanted
        .map(|((task, _), position)| ToDo { assignment_id: row.id, task, position, done_at: None, done_by: None })
        .collect()
}
