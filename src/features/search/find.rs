//! Answers what needs and projects ask.

use super::ask::Ask;
use super::entries::seen;
use super::follow::{Search, Which};
use super::gather::Order;
use crate::features::needs::{NeedFilter, NeedFinder, NeedSort, NeedVisibility};
use crate::features::projects::{ProjectFilter, ProjectFinder, ProjectSort};
use crate::infra::Ctx;
use crate::kernel::search::Found;
use crate::kernel::{NeedId, ProjectId, Result};
use async_trait::async_trait;
use uuid::Uuid;

/// The same page by typed ids.
fn typed<Id>(mut found: Found<Uuid>, id: fn(Uuid) -> Id) -> Found<Id> {
    let items = std::mem::take(&mut found.items).into_iter().map(id).collect();
    found.with(items)
}

#[async_trait]
impl NeedFinder for Search {
    async fn find_needs(&self, ctx: &Ctx, filter: NeedFilter) -> Result<Found<NeedId>> {
        let mut facets: Vec<String> = filter.skills.iter().map(|skill| format!("skill:{skill}")).collect();
        facets.extend(filter.kind.map(|kind| format!("kind:{kind}")));
        facets.extend(filter.ecosystem.map(|ecosystem| format!("ecosystem:{ecosystem}")));
        facets.extend(filter.size.map(|size| format!("size:{size}")));
        facets.extend(filter.urgency.map(|urgency| format!("urgency:{urgency}")));
        facets.extend(filter.tier.map(|tier| format!("criticality_tier:{tier}")));
        let mut gates = vec![filter.statuses.iter().map(|status| format!("status:{status}")).collect()];
        gates.extend(filter.project.map(|project| vec![format!("project:{project}")]));
        if !filter.signed_in {
            gates.push(vec![seen(NeedVisibility::Public)]);
        }
        let order = match filter.sort {
            NeedSort::Relevance => Order::Score,
            NeedSort::Newest => Order::Newest,
            NeedSort::ClosingSoon => Order::Closing,
            NeedSort::MostCritical => Order::Critical,
        };
        let ask = Ask {
            text: filter.text.unwrap_or_default(),
            facets,
            gates,
            most_hours: filter.max_hours,
            order,
            limit: filter.limit,
            after: filter.after,
        };
        Ok(typed(self.answer(ctx, Which::Needs, ask).await?, NeedId))
    }
}

#[async_trait]
impl ProjectFinder for Search {
    async fn find_projects(&self, ctx: &Ctx, filter: ProjectFilter) -> Result<Found<ProjectId>> {
        let mut facets: Vec<String> = Vec::new();
        facets.extend(filter.status.map(|status| format!("status:{status}")));
        facets.extend(filter.language.map(|language| format!("language:{language}")));
        facets.extend(filter.skill.map(|skill| format!("skill:{skill}")));
        facets.extend(filter.ecosystem.map(|ecosystem| format!("ecosystem:{ecosystem}")));
        facets.extend(filter.tier.map(|tier| format!("criticality_tier:{tier}")));
        let order = match filter.sort {
            ProjectSort::Relevance => Order::Score,
            ProjectSort::Newest => Order::Newest,
            ProjectSort::Name => Order::Name,
            ProjectSort::Criticality => Order::Critical,
        };
        let ask = Ask {
            text: filter.text,
            facets,
            gates: Vec::new(),
            most_hours: None,
            order,
            limit: filter.limit,
            after: filter.after,
        };
        Ok(typed(self.answer(ctx, Which::Projects, ask).await?, ProjectId))
    }
}
