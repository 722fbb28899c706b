//! Who learns of what happens to a pledge.

use crate::features::organizations;
use crate::features::pledges::model::{Pledge, PledgeAction};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::outbox::{self, News};
use crate::kernel::{AccountId, Result, Topic};

/// Tells the organization's managers and webhooks of a step that the pledge has taken.
pub(super) fn tell(
    conn: &mut Conn,
    ctx: &Ctx,
    pledge: &Pledge,
    action: PledgeAction,
    by: Option<AccountId>,
) -> Result<()> {
    let (topic, what) = match action {
        PledgeAction::Activate => (Topic::PledgeActivated, "gives its hours from now on"),
        PledgeAction::Pause => (Topic::PledgePaused, "rests"),
        PledgeAction::Resume => (Topic::PledgeResumed, "goes on"),
        PledgeAction::Exhaust => (Topic::PledgeExhausted, "has no free hour left"),
        PledgeAction::Replenish => (Topic::PledgeReplenished, "has free hours again"),
        PledgeAction::Withdraw if !pledge.status.is_ended() => {
            (Topic::PledgeWithdrawalNoticed, "is withdrawn after 14 days of notice")
        }
        PledgeAction::Withdraw | PledgeAction::Leave => (Topic::PledgeWithdrawn, "was withdrawn"),
        PledgeAction::End => (Topic::PledgeEnded, "is over"),
    };
    let organization = organizations::get_organization(conn, pledge.organization_id)?;
    let title = format!("A pledge of {} ({} hours a week) {what}.", organization.name, pledge.hours_per_week);
    let data = serde_json::json!({
        "id": pledge.id, "status": pledge.status, "organization": organization.slug,
        "hours_per_week": pledge.hours_per_week, "starts_on": pledge.starts_on, "ends_on": pledge.ends_on,
        "withdraws_at": pledge.withdraws_at,
    });
    let news = News::new(topic, title, format!("/pledges/{}", pledge.id), data).by(by);
    outbox::announce(conn, ctx, news.to_managers(organization.id).to_webhooks(organization.id))
}
