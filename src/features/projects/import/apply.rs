//! Brings a file's rows into the database, a few hundred a transaction.

use super::plan::{Plan, plan, source};
use super::report::{Reason, Report, RowReport, RowStatus};
use super::{ImportFormat, ImportOptions, Listing, Row, Scored, critical_projects, told, up_for_grabs};
use crate::features::audit;
use crate::features::projects::model::{CriticalityScore, Project, ProjectSkill, ProjectStatus};
use crate::features::projects::service::{
    Criticality, Taken, Words, history_row, lost_race, skill_rows, slugs, take_in,
};
use crate::features::projects::{PROJECT_CHANGED, policy, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::problems::STALE;
use crate::kernel::{AccountId, Actor, AiPolicy, Allowed, Cla, Decision, Error, PlatformRole, RequestId, Result, fold};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rows in one transaction.
const AT_ONCE: usize = 250;

/// Somebody who may import, in one request.
#[derive(Debug, Clone)]
pub struct Importer {
    account: Option<AccountId>,
    request_id: RequestId,
    allowed: Allowed<()>,
}

impl Importer {
    /// A coordinator; 403 for anybody else.
    pub fn of(actor: &Actor) -> Result<Self> {
        let allowed = policy::may_import(actor.has(PlatformRole::Coordinator)).prove((), "import")?;
        Ok(Self { account: Some(actor.account_id), request_id: actor.request_id.clone(), allowed })
    }

    /// Whoever runs the program on its own machine.
    pub fn operator(request_id: RequestId) -> Result<Self> {
        Ok(Self { account: None, request_id, allowed: Decision::Allow.prove((), "import")? })
    }

    /// Imports a file, unpacked. `progress` hears how many rows of how many are done. A repeat changes nothing.
    ///
    /// # Errors
    /// Where the file is of another format (nothing is imported then), or the database fails: rows that were reported as
    /// done stay, and a repeat goes on.
    pub async fn import(
        &self,
        ctx: &Ctx,
        format: ImportFormat,
        options: &ImportOptions,
        bytes: &[u8],
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Report> {
        let reading = match format {
            ImportFormat::UpForGrabs => up_for_grabs::read(bytes)?,
            ImportFormat::CriticalProjects => critical_projects::read(bytes, options, ctx.now())?,
            ImportFormat::Scorecard | ImportFormat::SecurityInsights => told::read(format, bytes, ctx.now())?,
        };
        let mut report =
            Report { tag_uses: reading.tag_uses, tag_uses_resolved: reading.tag_uses_resolved, rows: Vec::new() };
        let (total, mut fit) = (reading.rows.len(), Vec::new());
        let mut first: HashMap<String, u64> = HashMap::new();
        for row in reading.rows {
            match row {
                Row::Unfit { line, why } => report.rows.push(refused(line, None, why)),
                Row::Fit(listing) => {
                    if let Some(line) = first.get(&listing.repository_key) {
                        let why = Reason::new("double", format!("Line {line} is about the same repository."));
                        report.rows.push(refused(listing.line, Some(listing.repository_key), why));
                    } else {
                        first.insert(listing.repository_key.clone(), listing.line);
                        fit.push(*listing);
                    }
                }
            }
        }
        progress(report.rows.len(), total);
        while !fit.is_empty() {
            let rest = fit.split_off(fit.len().min(AT_ONCE));
            let chunk = std::mem::replace(&mut fit, rest);
            report.rows.extend(self.chunk(ctx, format, chunk).await?);
            progress(report.rows.len(), total);
        }
        report.rows.sort_by_key(|row| row.line);
        Ok(report)
    }

    /// One transaction; run again when somebody else changed the same projects meanwhile.
    async fn chunk(&self, ctx: &Ctx, format: ImportFormat, chunk: Vec<Listing>) -> Result<Vec<RowReport>> {
        let chunk = Arc::new(chunk);
        let work = {
            let (importer, ctx) = (self.clone(), ctx.clone());
            move |conn: &mut Conn| Chunk { importer: &importer, ctx: &ctx, format }.apply(conn, &chunk)
        };
        for _ in 0..4 {
            match ctx.store().write(work.clone()).await {
                Err(error) if lost_race(&error) || error.code() == STALE.code => {}
                done => return done,
            }
        }
        ctx.store().write(work).await
    }
}

fn refused(line: u64, repository: Option<String>, why: Reason) -> RowReport {
    RowReport { line, status: RowStatus::Refused, slug: None, repository, reason: Some(why) }
}

struct Chunk<'a> {
    importer: &'a Importer,
    ctx: &'a Ctx,
    format: ImportFormat,
}

impl Chunk<'_> {
    fn apply(&self, conn: &mut Conn, chunk: &[Listing]) -> Result<Vec<RowReport>> {
        let keys: Vec<String> = chunk.iter().map(|listing| listing.repository_key.clone()).collect();
        let known = store::list_by_repositories(conn, &keys)?;
        let ids: Vec<_> = known.iter().map(|project| project.id).collect();
        let skills = store::list_skill_rows(conn, &ids)?;
        let known: HashMap<String, Project> =
            known.into_iter().map(|project| (project.repository_key.clone(), project)).collect();
        let mut reports = Vec::with_capacity(chunk.len());
        let (mut fresh, mut more_skills) = (Vec::new(), Vec::new());
        for listing in chunk {
            let Some(project) = known.get(&listing.repository_key) else {
                fresh.push(listing);
                continue;
            };
            let skills = skills.get(&project.id).map_or(&[][..], Vec::as_slice);
            let (status, reason) = self.existing(conn, listing, project, skills, &mut more_skills)?;
            let slug = (status != RowStatus::Refused).then(|| project.slug.clone());
            let repository = Some(listing.repository_key.clone());
            reports.push(RowReport { line: listing.line, status, slug, repository, reason });
        }
        let rows = self.fresh(conn, &fresh, &mut more_skills)?;
        store::insert_imported(conn, &self.importer.allowed, &rows, &more_skills)?;
        let mut scores = Vec::new();
        for (listing, row) in fresh.iter().zip(rows) {
            self.record(conn, "project", &row, None, row.status.as_str())?;
            self.take(conn, listing, &row)?;
            scores.extend(listing.score.as_ref().map(|score| self.history(&row, score)));
            feed::note(conn, self.ctx.ids(), PROJECT_CHANGED, row.id)?;
            reports.push(RowReport {
                line: listing.line,
                status: RowStatus::Created,
                slug: Some(row.slug),
                repository: Some(row.repository_key),
                reason: listing.note.clone(),
            });
        }
        store::insert_scores(conn, &scores)?;
        Ok(reports)
    }

    fn existing(
        &self,
        conn: &mut Conn,
        listing: &Listing,
        project: &Project,
        skills: &[ProjectSkill],
        more_skills: &mut Vec<ProjectSkill>,
    ) -> Result<(RowStatus, Option<Reason>)> {
        let plan = plan(listing, self.format, project, skills, self.ctx.now());
        if let Plan::Refuse(why) = plan {
            return Ok((RowStatus::Refused, Some(why)));
        }
        let taken = self.take(conn, listing, project)?;
        let (changes, skills) = match plan {
            Plan::Change(changes, skills) => (changes, skills),
            Plan::Refuse(why) | Plan::Leave(Some(why)) if taken != Some(Taken::Older) => {
                let status = if taken == Some(Taken::New) { RowStatus::Updated } else { RowStatus::Unchanged };
                return Ok((status, Some(why)));
            }
            _ if taken == Some(Taken::New) => return Ok((RowStatus::Updated, listing.note.clone())),
            _ if taken == Some(Taken::Older) => {
                let why = Reason::new("older", "A later document of this kind is known already.");
                return Ok((RowStatus::Unchanged, Some(why)));
            }
            _ => return Ok((RowStatus::Unchanged, None)),
        };
        if !store::update_imported(conn, &self.importer.allowed, project, &changes, self.ctx.now())? {
            return Err(Error::new(&STALE, "Somebody changed a project of the file at the same moment."));
        }
        if let Some(score) = &listing.score
            && changes.criticality_score.is_some()
        {
            store::insert_scores(conn, &[self.history(project, score)])?;
        }
        if let Some(Some(tier)) = changes.criticality_tier
            && project.criticality_tier != Some(tier)
        {
            let from = project.criticality_tier.map(Criticality::tier_word);
            self.record(conn, "project_criticality", project, from, Criticality::tier_word(tier))?;
        }
        more_skills.extend(skills);
        feed::note(conn, self.ctx.ids(), PROJECT_CHANGED, project.id)?;
        Ok((RowStatus::Updated, listing.note.clone()))
    }

    /// The row that keeps a score.
    fn history(&self, project: &Project, scored: &Scored) -> CriticalityScore {
        let criticality = Criticality {
            score: Some(scored.score),
            tier: Criticality::tier_of(scored.score),
            algorithm: scored.algorithm.clone(),
            as_of: scored.as_of.unwrap_or_else(|| self.ctx.now()),
            curated: false,
        };
        let mut row = history_row(self.ctx, project.id, &criticality, scored.inputs.clone());
        row.reason = Some(self.format.to_string());
        row
    }

    /// Keeps what a document says of the project, if the row is one.
    fn take(&self, conn: &mut Conn, listing: &Listing, project: &Project) -> Result<Option<Taken>> {
        let told = listing.told.as_ref();
        told.map(|told| take_in(conn, self.ctx, project.id, told, self.importer.account)).transpose()
    }

    fn record(
        &self,
        conn: &mut Conn,
        machine: &'static str,
        project: &Project,
        from: Option<&'static str>,
        to: &'static str,
    ) -> Result<()> {
        let change = audit::Change {
            machine,
            entity: project.id.into(),
            actor: self.importer.account,
            from,
            to,
            reason: Some(self.format.as_str()),
            request_id: &self.importer.request_id,
        };
        audit::record(conn, self.ctx, change)
    }

    /// Rows for projects that are not here yet, and their skills.
    fn fresh(&self, conn: &mut Conn, fresh: &[&Listing], skills: &mut Vec<ProjectSkill>) -> Result<Vec<Project>> {
        let mut rows = Vec::with_capacity(fresh.len());
        for (listing, slug) in fresh.iter().zip(free_slugs(conn, fresh)?) {
            let row = self.row(listing, slug);
            skills.extend(skill_rows(row.id, &listing.languages, &listing.tags));
            rows.push(row);
        }
        Ok(rows)
    }

    fn row(&self, listing: &Listing, slug: String) -> Project {
        let now = self.ctx.now();
        let description = listing.words.as_ref().map_or(String::new(), |said| said.description.clone());
        let words = Words {
            name: &listing.name,
            slug: &slug,
            repository_key: &listing.repository_key,
            description: &description,
        };
        let score = listing.score.as_ref();
        Project {
            id: self.ctx.ids().make(),
            name: listing.name.clone(),
            name_folded: fold(&listing.name),
            search: words.folded(),
            slug,
            description,
            repository_url: listing.repository_url.clone(),
            repository_key: listing.repository_key.clone(),
            homepage_url: listing.words.as_ref().and_then(|said| said.homepage_url.clone()),
            license: listing.license.clone(),
            // Nobody has said how much help the project can take, and what it asks of helpers.
            review_hours_per_week: 0.0,
            ai_policy: AiPolicy::Disclose,
            cla: Cla::None,
            status: ProjectStatus::Unclaimed,
            criticality_score: score.map(|scored| scored.score),
            criticality_tier: score.map(|scored| Criticality::tier_of(scored.score)),
            criticality_algorithm: score.map(|scored| scored.algorithm.clone()),
            criticality_as_of: score.map(|scored| scored.as_of.unwrap_or(now)),
            criticality_curated: false,
            systemic_risk: None,
            source: source(self.format),
            sample: false,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Slugs that are looked up for all rows at once; where these are all taken, the rest of them one row at a time.
const TRIED_TOGETHER: usize = 4;

fn free_slugs(conn: &mut Conn, fresh: &[&Listing]) -> Result<Vec<String>> {
    let wanted: Vec<Vec<String>> = fresh.iter().map(|listing| slugs(&listing.name, &listing.repository_key)).collect();
    let first: HashSet<&String> = wanted.iter().flat_map(|slugs| slugs.iter().take(TRIED_TOGETHER)).collect();
    let first: Vec<String> = first.into_iter().cloned().collect();
    let mut taken = store::list_taken_slugs(conn, &first)?;
    let mut found = Vec::with_capacity(wanted.len());
    for slugs in wanted {
        let (some, rest) = slugs.split_at_checked(TRIED_TOGETHER).unwrap_or((&slugs, &[]));
        let mut free = some.iter().find(|slug| !taken.contains(*slug)).cloned();
        if free.is_none() {
            taken.extend(store::list_taken_slugs(conn, rest)?);
            free = rest.iter().find(|slug| !taken.contains(*slug)).cloned();
        }
        let free = free.ok_or_else(|| Error::internal("two hundred projects have the same name"))?;
        taken.insert(free.clone());
        found.push(free);
    }
    Ok(found)
}
