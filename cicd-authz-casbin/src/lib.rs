//! Authorizer on Casbin for the release-governance engine.
