//! Store on SQLite for the release-governance engine.
