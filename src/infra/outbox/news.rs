//! News: what happened, for whoever is to learn of it by notice, mail or webhook.

use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::queue::{self, NewJob};
use crate::kernel::{AccountId, Error, NewsId, OrganizationId, ProjectId, Result, Timestamp, Topic};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The job that brings one piece of news to those whom it concerns.
pub const SPREAD_NEWS: &str = "spread_news";

/// Something that happened, and who is to learn of it. Nobody else does: whoever makes it names only those who may know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct News {
    /// Names it for good, also in each webhook's `webhook-id`; made by [`announce`].
    id: Option<NewsId>,
    /// When it happened; set by [`announce`].
    at: Option<Timestamp>,
    /// What it is about.
    pub topic: Topic,
    /// One sentence for people, without Markdown: "Ada applied to \"Fuzz the parser\" of curl."
    pub title: String,
    /// Where the thing is, below `/api/v1`: `/proposals/0193…`.
    pub path: String,
    /// What programs get, as the thing stands in the API: `{"id": …, "status": …}`.
    pub data: Value,
    /// Who did it, and need not be told.
    pub by: Option<AccountId>,
    /// People who get a notice.
    pub accounts: Vec<AccountId>,
    /// Projects whose maintainers get a notice.
    pub maintainers_of: Vec<ProjectId>,
    /// Organizations whose owners and managers get a notice.
    pub managers_of: Vec<OrganizationId>,
    /// Organizations whose webhooks are called.
    pub webhooks_of: Vec<OrganizationId>,
    /// Whether everybody may know, so that every webhook that listens to the topic is called.
    pub public: bool,
}

impl News {
    /// News for nobody yet.
    pub fn new(topic: Topic, title: impl Into<String>, path: impl Into<String>, data: Value) -> Self {
        Self {
            id: None,
            at: None,
            topic,
            title: title.into(),
            path: path.into(),
            data,
            by: None,
            accounts: Vec::new(),
            maintainers_of: Vec::new(),
            managers_of: Vec::new(),
            webhooks_of: Vec::new(),
            public: false,
        }
    }

    /// Who did it, and gets no notice of their own deed; nobody when it was the clock.
    #[must_use]
    pub fn by(mut self, account: Option<AccountId>) -> Self {
        self.by = account;
        self
    }

    /// One more person who gets a notice.
    #[must_use]
    pub fn to(mut self, account: AccountId) -> Self {
        self.accounts.push(account);
        self
    }

    /// The project's lead and maintainers get a notice.
    #[must_use]
    pub fn to_maintainers(mut self, project: ProjectId) -> Self {
        self.maintainers_of.push(project);
        self
    }

    /// The organization's owners and managers get a notice.
    #[must_use]
    pub fn to_managers(mut self, organization: OrganizationId) -> Self {
        self.managers_of.push(organization);
        self
    }

    /// The organization's webhooks that listen to the topic are called.
    #[must_use]
    pub fn to_webhooks(mut self, organization: OrganizationId) -> Self {
        self.webhooks_of.push(organization);
        self
    }

    /// Everybody's webhooks that listen to the topic are called.
    #[must_use]
    pub fn to_everybody(mut self) -> Self {
        self.public = true;
        self
    }

    /// Its name and its instant, once it was announced.
    pub fn announced(&self) -> Option<(NewsId, Timestamp)> {
        self.id.zip(self.at)
    }
}

/// Lets those whom it concerns learn of something, once the running transaction has committed, and never if it does not.
///
/// Call it beside `audit::record`, in the transaction of the transition, with who is to learn of it:
///
/// ```ignore
/// let news = News::new(Topic::ProposalAccepted, title, format!("/proposals/{}", proposal.id), json!({"id": proposal.id, "status": "accepted"}))
///     .by(Some(actor.account_id)).to(proposal.account_id).to_maintainers(need.project_id).to_webhooks(employer.id);
/// outbox::announce(conn, ctx, news)?;
/// ```
///
/// It writes one row in the queue. A worker turns it into a notice in the application for each person (in a mail at once or in a
/// digest, as the person chose) and into a delivery for each webhook; notices and deliveries of the same news are never
/// doubled. The sentence and the data reach exactly those who are named, so put nothing into them that one of them may not
/// know; when two sides should read different sentences, announce twice, with the webhooks on one of them. Mails about an
/// account's security, and whatever must arrive whatever a person chose, go by [`post`](super::post) instead.
pub fn announce(conn: &mut Conn, ctx: &Ctx, mut news: News) -> Result<()> {
    news.id = Some(ctx.ids().make());
    news.at = Some(ctx.now());
    let payload = serde_json::to_value(&news).map_err(Error::internal)?;
    let job = NewJob { kind: SPREAD_NEWS, payload, run_at: ctx.now(), unique_key: None };
    queue::enqueue(conn, ctx.ids(), ctx.now(), job)?;
    Ok(())
}

/// Reads what [`announce`] queued.
pub fn read_news(payload: Value) -> Result<News> {
    serde_json::from_value(payload).map_err(Error::internal)
}
