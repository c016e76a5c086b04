//! What waits for the caller's vote.

use std::collections::{BTreeMap, BTreeSet};

use super::narrowed::MOST_READS;
use super::{Engine, EngineError};
use crate::approval::{Tally, VoteDecision};
use crate::authz::{Action, Caller, Object, PolicySnapshot, PrincipalKind};
use crate::id::Role;
use crate::page::{Limit, Page};
use crate::port::{Born, ListQuery, Load, ReleaseFilter};
use crate::release::Release;
use crate::release::state::State;

impl Engine {
    /// One page of the releases that lack a vote which the caller may cast and has not cast, the first that was asked for
    /// first. It looks at a bounded number of releases; it may end before it is full, or be empty, and have a next one.
    /// Nobody is denied it: who may vote on nothing gets nothing.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when `after` is not the `next` of a page.
    pub async fn awaiting_vote(
        &self,
        caller: &Caller,
        after: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Release>, EngineError> {
        if caller.kind != PrincipalKind::Person {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let snapshot = self.store().load(&caller.tenant, &Load::tenant()).await?;
        let mut places = self.deployments_of(&caller.tenant, None).await?;
        let born = Born { oldest_first: true, ..Born::ANY };
        let status = Some("pending_approval".to_owned());
        let list = ListQuery::Releases(ReleaseFilter { status, born, ..ReleaseFilter::default() });
        let (mut items, mut after, mut left) = (Vec::new(), after.map(str::to_owned), limit);
        for _ in 0..MOST_READS {
            let page = self.rows(&caller.tenant, &list, after.as_deref(), left).await?;
            self.learn(&caller.tenant, &mut places, &page.items).await?;
            for release in page.items.into_iter().filter_map(|record| Release::try_from(record).ok()) {
                let is_open = matches!(release.state, State::PendingApproval { expires_at } if snapshot.now < expires_at);
                let place = places.get(release.deployment()).filter(|_| is_open);
                if let Some(place) = place
                    && self.helps(caller, &release, &Object::deployment(place), &snapshot.policy).await?
                {
                    items.push(release);
                }
            }
            after = page.next;
            let found = u64::try_from(items.len()).unwrap_or(u64::MAX);
            match Limit::new(u64::from(limit.get()).saturating_sub(found)) {
                Some(rest) if after.is_some() => left = rest,
                _ => break,
            }
        }
        Ok(Page { items, next: after })
    }

    /// Whether a vote of the caller's would bring the release closer to its quorum.
    async fn helps(
        &self,
        caller: &Caller,
        release: &Release,
        object: &Object,
        policy: &PolicySnapshot,
    ) -> Result<bool, EngineError> {
        if release.spec.requester == caller.principal
            || !self.allows(caller, Action::Vote, object, policy).await
        {
            return Ok(false);
        }
        let mut mine = self.0.authorizer.roles(&caller.principal, object, policy).await?;
        mine.retain(|role| caller.limited_to.as_ref().is_none_or(|limit| limit.contains(role)));
        let mut held: BTreeMap<_, BTreeSet<Role>> = BTreeMap::new();
        for vote in &release.votes {
            let roles = self.0.authorizer.roles(&vote.person, object, policy).await?;
            held.insert(vote.person.clone(), roles);
        }
        let counts = |vote: &crate::approval::Vote| {
            held.get(&vote.person).is_some_and(|roles| roles.contains(&vote.role))
        };
        let has_approved = release.votes.iter().any(|vote| {
            vote.person == caller.principal && vote.decision == VoteDecision::Approve && counts(vote)
        });
        let (asked, content) = (&release.spec.content.approval.requirements, release.content_digest);
        let tally = Tally::of(asked, &release.votes, content, &release.spec.requester, counts);
        let is_needed = |role: &Role| {
            tally.outstanding.is_empty() || tally.outstanding.iter().any(|open| open.role == *role)
        };
        Ok(!has_approved && asked.iter().any(|one| is_needed(&one.role) && mine.contains(&one.role)))
    }
}
