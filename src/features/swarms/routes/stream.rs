//! A swarm's log as it happens: Server-Sent Events.

use crate::features::swarms::dto::EntryResponse;
use crate::features::swarms::service;
use crate::http::{Path, Query};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, Error, Fault, Result, SwarmEntryId, SwarmId};
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(stream_swarm);
}

/// How often the log is looked at.
const EVERY: Duration = Duration::from_millis(500);
/// After so long without news a comment keeps the connection open.
const QUIET: Duration = Duration::from_secs(15);
/// The longest a connection stays open, in seconds; clients connect again by themselves and go on where they were.
const LONGEST: u32 = 300;

/// How long to stay.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// Seconds after which the connection is closed, 0 to 300; 300 when not said. With 0 it ends as soon as it has sent what there is.
    #[param(minimum = 0, maximum = 300)]
    wait_seconds: Option<u32>,
}

/// Where a stream stands.
struct Place {
    ctx: web::Data<Ctx>,
    actor: Actor,
    id: SwarmId,
    after: Option<SwarmEntryId>,
    until: Instant,
    spoke: Instant,
    begun: bool,
}

/// The next piece to be sent; none when it is over: the time is up, or the caller may not read on.
async fn next(mut place: Place) -> Option<(std::result::Result<Bytes, Error>, Place)> {
    loop {
        let found = service::entries_after(&place.ctx, &place.actor, place.id, place.after).await.ok()?;
        let mut text = String::new();
        if !place.begun {
            place.begun = true;
            text.push_str("retry: 2000\n\n");
        }
        for entry in found {
            let entry = EntryResponse::from(entry);
            place.after = Some(entry.id);
            let data = serde_json::to_string(&entry).ok()?;
            write!(text, "id: {}\nevent: {}\ndata: {data}\n\n", entry.id, entry.kind).ok()?;
        }
        if text.is_empty() && place.spoke.elapsed() >= QUIET {
            text.push_str(": still here\n\n");
        }
        if !text.is_empty() {
            place.spoke = Instant::now();
            return Some((Ok(Bytes::from(text)), place));
        }
        if Instant::now() >= place.until {
            return None;
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn events(place: Place) -> impl Stream<Item = std::result::Result<Bytes, Error>> {
    stream::unfold(place, next)
}

/// A swarm's log as it happens
///
/// Server-Sent Events: each line of the log is an event of its kind, with the line as JSON. A client that connects again sends the
/// last id that it saw in `Last-Event-ID`, as browsers do, and goes on behind it. For those who take part; whoever may not read on,
/// since the terms changed, is cut off at once.
#[utoipa::path(tag = "swarms", params(StreamQuery, ("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "The events.", content((String = "text/event-stream")))))]
#[get("/swarms/{id}/stream")]
async fn stream_swarm(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<SwarmId>,
    query: Query<StreamQuery>,
) -> Result<HttpResponse> {
    let mut check = Check::default();
    let seconds = check.range("?wait_seconds", query.0.wait_seconds.unwrap_or(LONGEST), 0, LONGEST);
    let last =
        request.headers().get("last-event-id").and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
    let wrong = |_| Fault::new("invalid_id", "Send the id of the last event that was seen, or leave the header out.");
    let after = check.optional("Last-Event-ID", last.map(|text| text.parse::<SwarmEntryId>().map_err(wrong)));
    check.done()?;
    // Whoever may not read gets an answer, not an empty stream.
    service::entries_after(&ctx, &actor, id.0, None).await?;
    let now = Instant::now();
    let until = now + Duration::from_secs(u64::from(seconds?));
    let place = Place { ctx, actor, id: id.0, after: after?, until, spoke: now, begun: false };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::VARY, "Authorization"));
    response.insert_header(("X-Accel-Buffering", "no"));
    Ok(response.content_type("text/event-stream").streaming(events(place)))
}
