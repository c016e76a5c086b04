//! HTTP face and host of the release-governance engine.
