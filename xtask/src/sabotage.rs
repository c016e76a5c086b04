//! `cargo xtask sabotage`: takes each protection out of the product, and expects its test to notice.

mod patch;
mod worktree;

use crate::failure::Failure;
use crate::tool;
use patch::Patch;
use worktree::{Outcome, Worktree};

/// Tries every patch of `tests/sabotage` whose name contains `filter`; fails when a test didn't notice.
pub(crate) fn run(filter: Option<&str>) -> Result<(), Failure> {
    let mut patches = Patch::all(&tool::root().join("tests/sabotage"))?;
    patches.retain(|patch| filter.is_none_or(|filter| patch.name.contains(filter)));
    if patches.is_empty() {
        return Err(Failure::new("no patch in `tests/sabotage` has that name"));
    }
    let worktree = Worktree::of_head()?;
    println!("on {} without a patch…", tool::head()?);
    // All of them before the first patch, so that what is compiled is compiled once.
    let greens = patches.iter().map(|patch| is_green(&worktree, patch)).collect::<Result<Vec<_>, _>>()?;
    let mut unnoticed = Vec::new();
    for (patch, unlike) in patches.iter().zip(greens) {
        let verdict = unlike.map_or_else(|| verdict(&worktree, patch), |unlike| Ok(Some(unlike)))?;
        let mark = if verdict.is_none() { "✓" } else { "✗" };
        println!("{mark} {:<28} {}", patch.name, patch.protects);
        if let Some(why) = verdict {
            println!("  {}\n  {why}", patch.test.join(" "));
            unnoticed.push(patch.name.as_str());
        }
    }
    println!("\n{} of {} protections are watched", patches.len() - unnoticed.len(), patches.len());
    if unnoticed.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("not watched: {}", unnoticed.join(", "))))
    }
}

/// `None` when the test is green without the patch, else what was seen instead.
fn is_green(worktree: &Worktree, patch: &Patch) -> Result<Option<String>, Failure> {
    Ok(match worktree.test(&patch.test)? {
        Outcome::Green => None,
        other => Some(format!("without the patch the test must be green: {other}")),
    })
}

/// `None` when the test is red with the patch, else what was seen instead.
fn verdict(worktree: &Worktree, patch: &Patch) -> Result<Option<String>, Failure> {
    if let Err(failure) = worktree.apply(patch) {
        return Ok(Some(format!("the patch doesn't apply: {failure}")));
    }
    let outcome = worktree.test(&patch.test);
    worktree.restore(patch)?;
    Ok(match outcome? {
        Outcome::Red => None,
        other => Some(format!("with the patch the test must be red: {other}")),
    })
}
