//! CI and deploy executors for the release-governance engine.
