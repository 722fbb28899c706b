//! What news may be about.

use super::words::words;

words! {
    /// What a piece of news is about: `<thing>.<what happened>`.
    Topic {
        /// Somebody applied, invited or recommended.
        ProposalSubmitted = "proposal.submitted",
        /// The employer has to agree first.
        ProposalEmployerPending = "proposal.employer_pending",
        /// The project is to answer.
        ProposalUnderReview = "proposal.under_review",
        /// An answer is due soon.
        ProposalReminder = "proposal.reminder",
        /// The need changed; whoever applied says again whether it still holds.
        ProposalRevised = "proposal.revised",
        /// All sides agreed but the volunteer's final word.
        ProposalAccepted = "proposal.accepted",
        /// It became an assignment.
        ProposalConverted = "proposal.converted",
        /// One side said no.
        ProposalDeclined = "proposal.declined",
        /// Whoever made it took it back.
        ProposalWithdrawn = "proposal.withdrawn",
        /// Nobody answered in time.
        ProposalExpired = "proposal.expired",
        /// The seats are taken; it waits for one.
        ProposalWaitlisted = "proposal.waitlisted",
        /// A seat came free for it.
        ProposalOffered = "proposal.offered",
        /// Another one took its place.
        ProposalSuperseded = "proposal.superseded",
        /// An agreement was made; contract, access and first contact come next.
        AssignmentOnboarding = "assignment.onboarding",
        /// Work began.
        AssignmentActive = "assignment.active",
        /// A check-in is due soon.
        AssignmentReminder = "assignment.reminder",
        /// A check-in was made.
        AssignmentCheckedIn = "assignment.checked_in",
        /// It rests for a while.
        AssignmentPaused = "assignment.paused",
        /// It goes on.
        AssignmentResumed = "assignment.resumed",
        /// A check-in was missed.
        AssignmentOverdue = "assignment.overdue",
        /// It was given up, since nobody checked in.
        AssignmentReleased = "assignment.released",
        /// One side says that it is done; the other is asked.
        AssignmentCompletionAsked = "assignment.completion_asked",
        /// Both sides say that it is done.
        AssignmentCompleted = "assignment.completed",
        /// One side ended it before its time.
        AssignmentEndedEarly = "assignment.ended_early",
        /// A moderator stopped it.
        AssignmentSuspended = "assignment.suspended",
        /// It goes over to a colleague.
        AssignmentHandedOver = "assignment.handed_over",
        /// The project asks something else of contributors than when it was agreed.
        AssignmentTermsChanged = "assignment.terms_changed",
        /// Its hours are the volunteer's own from now on.
        AssignmentOwnTime = "assignment.own_time",
        /// Access that it gave is to be taken back.
        AssignmentRevokeAccess = "assignment.revoke_access",
        /// Work was logged.
        TimeEntrySubmitted = "time_entry.submitted",
        /// The project says that it was done.
        TimeEntryConfirmed = "time_entry.confirmed",
        /// The project doubts it.
        TimeEntryDisputed = "time_entry.disputed",
        /// It was set right.
        TimeEntryAdjusted = "time_entry.adjusted",
        /// It does not count.
        TimeEntryRejected = "time_entry.rejected",
        /// It was taken back by a reversing entry.
        TimeEntryReversed = "time_entry.reversed",
        /// A pledge gives hours from now on.
        PledgeActivated = "pledge.activated",
        /// It rests.
        PledgePaused = "pledge.paused",
        /// It goes on.
        PledgeResumed = "pledge.resumed",
        /// No hour of it is free any more.
        PledgeExhausted = "pledge.exhausted",
        /// Hours of it are free again.
        PledgeReplenished = "pledge.replenished",
        /// Its withdrawal was announced; its hours stay for the time of the notice.
        PledgeWithdrawalNoticed = "pledge.withdrawal_noticed",
        /// It was withdrawn.
        PledgeWithdrawn = "pledge.withdrawn",
        /// Its period is over.
        PledgeEnded = "pledge.ended",
        /// A need takes applications.
        NeedOpened = "need.opened",
        /// Somebody works on it.
        NeedInProgress = "need.in_progress",
        /// It takes none for now.
        NeedPaused = "need.paused",
        /// It should be confirmed soon, or it expires.
        NeedReminder = "need.reminder",
        /// Nobody confirmed it in time.
        NeedExpired = "need.expired",
        /// It got what it asked for.
        NeedFulfilled = "need.fulfilled",
        /// It was closed.
        NeedClosed = "need.closed",
        /// It was called off.
        NeedCancelled = "need.cancelled",
        /// A project is in the list from now on.
        ProjectListed = "project.listed",
        /// It rests, since no verified lead is left.
        ProjectDormant = "project.dormant",
        /// A moderator took it off the list.
        ProjectSuspended = "project.suspended",
        /// A moderator put it back.
        ProjectUnsuspended = "project.unsuspended",
        /// It asks for no help any more.
        ProjectArchived = "project.archived",
        /// It came back from the archive.
        ProjectRestored = "project.restored",
        /// A vulnerability was published.
        AdvisoryPublished = "advisory.published",
        /// What is said of it changed.
        AdvisoryUpdated = "advisory.updated",
        /// It was taken back.
        AdvisoryWithdrawn = "advisory.withdrawn",
        /// A product of the organization holds something that it affects.
        AdvisoryExposure = "advisory.exposure",
        /// Help is called for.
        SwarmCalled = "swarm.called",
        /// Somebody is invited to help, under the embargo.
        SwarmInvited = "swarm.invited",
        /// The terms of the embargo changed; who agreed is asked again.
        SwarmTermsChanged = "swarm.terms_changed",
        /// The first helpers are there.
        SwarmForming = "swarm.forming",
        /// Work goes by the plan.
        SwarmActive = "swarm.active",
        /// A step of the plan is due or overdue.
        SwarmReminder = "swarm.reminder",
        /// It spreads no further.
        SwarmContained = "swarm.contained",
        /// It is mended.
        SwarmResolved = "swarm.resolved",
        /// What was learned is written down.
        SwarmReviewed = "swarm.reviewed",
        /// It was called off.
        SwarmCancelled = "swarm.cancelled",
    }
}

impl Topic {
    /// The kind of thing that it is about: the part before the dot.
    pub fn thing(self) -> &'static str {
        self.as_str().split_once('.').map_or("", |(thing, _)| thing)
    }
}
