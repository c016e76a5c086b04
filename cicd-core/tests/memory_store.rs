//! The store in memory holds the store contract.
#![cfg(feature = "testing")]

use cicd_core::testing::store::Fixture;

cicd_core::store_conformance!(Fixture::of_memory);
