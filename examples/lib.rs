//! Programs that embed the engine; each runs as a test.
