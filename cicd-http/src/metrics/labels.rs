//! The labels of metrics.

use prometheus_client::encoding::EncodeLabelSet;

/// Of a request that was answered.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct RequestLabels {
    pub(super) method: String,
    pub(super) route: String,
    pub(super) status: u16,
}

/// Of a route.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct RouteLabels {
    pub(super) route: String,
}

/// Of a release that ended.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct ReleaseLabels {
    pub(super) env_tier: &'static str,
    pub(super) strategy: &'static str,
    pub(super) result: &'static str,
}

/// Of a tier.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct TierLabels {
    pub(super) env_tier: &'static str,
}

/// Of a rollback.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct RollbackLabels {
    pub(super) trigger: &'static str,
}

/// Of a call of an executor.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct CallLabels {
    pub(super) executor: String,
    pub(super) outcome: &'static str,
}

/// Of a delivery.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct DeliveryLabels {
    pub(super) direction: &'static str,
    pub(super) provider: &'static str,
    pub(super) outcome: &'static str,
}
