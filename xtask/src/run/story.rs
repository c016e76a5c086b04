//! The whole story by HTTP: each step is checked, and told for a person to read.

mod narrator;
mod release;
mod timeline;
mod visitors;

use super::api::text;
use super::await_release;
use super::people::People;
use super::sample::{Build, PRODUCTION, STAGING, Sample};
use crate::failure::Failure;
use narrator::Narrator;
use release::Release;

/// Who takes part, and where.
struct Story<'a> {
    sample: &'a Sample,
    people: &'a People,
    narrator: Narrator,
}

/// Plays the story. It ends well only when every step of it happened.
pub(super) fn tell(sample: &Sample, people: &People) -> Result<(), Failure> {
    let mut story = Story { sample, people, narrator: Narrator::default() };
    let first = story.build("A commit is built", "first light")?;
    story.staging(&first)?;
    story.production("Production asks two people, then lets the canary sing", &first)?;
    story.bad_version(&first)?;
    story.rollback(&first)?;
    story.timeline()?;
    println!("\nEvery step happened.");
    Ok(())
}

impl Story<'_> {
    fn build(&mut self, title: &str, reason: &str) -> Result<Build, Failure> {
        self.narrator.chapter(title);
        let build = self.sample.build(&self.people.ada, reason)?;
        let log = self.people.ada.text(&format!("/ci-runs/{}/log", build.run))?;
        self.narrator.quote(&log);
        self.narrator.fact(format!("commit {:.12} became {:.19}…", build.commit, build.digest));
        Ok(build)
    }

    fn staging(&mut self, build: &Build) -> Result<(), Failure> {
        self.narrator.chapter("Staging takes it at once: nobody has to agree there");
        let release = Release::ask(&self.people.ada, STAGING, build, "try it")?;
        await_release::status(&self.people.ada, &release.id, "succeeded")?;
        visitors::get(&self.sample.staging, &build.digest)?;
        self.narrator.fact("rolled out; the site's bytes are the artifact's");
        Ok(())
    }

    fn production(&mut self, title: &str, build: &Build) -> Result<Release, Failure> {
        self.narrator.chapter(title);
        let release = self.voted(build)?;
        self.first_step(&release, build)?;
        self.people.rhea.post(&release.path("resume"), &serde_json::json!({}))?.success()?;
        self.narrator.fact("Rhea resumes; the analysis visits the canary and finds it whole");
        self.second_step(&release, build)?;
        await_release::status(&self.people.ada, &release.id, "succeeded")?;
        visitors::get(&self.sample.production, &build.digest)?;
        self.narrator.fact("promoted; everybody gets the artifact's bytes");
        Ok(release)
    }

    /// A release of `build` to production, with its votes.
    fn voted(&mut self, build: &Build) -> Result<Release, Failure> {
        let people = self.people;
        let release = Release::ask(&people.ada, PRODUCTION, build, "ship it")?;
        self.narrator.fact("Ada asks for a release");
        let problem = release.vote(&people.ada)?.refusal(403)?;
        self.narrator.fact(format!("her own vote is refused: {}", text(&problem, "/detail")?));
        release.vote(&people.ben)?.success()?;
        release.still(&people.ben, "pending_approval")?;
        self.narrator.fact("Ben agrees; one vote is missing");
        release.vote(&people.cleo)?.success()?;
        self.narrator.fact("Cleo agrees: the quorum is there, the rollout starts by itself");
        Ok(release)
    }

    fn first_step(&mut self, release: &Release, build: &Build) -> Result<(), Failure> {
        let front = &self.sample.production;
        await_release::pause(&self.people.ada, &release.id, front, 20)?;
        let share = visitors::share(front, &build.digest, 20)?;
        self.narrator.fact(format!("the canary waits at 20 %: {share} of 1000 requests get the new version"));
        Ok(())
    }

    fn second_step(&mut self, release: &Release, build: &Build) -> Result<(), Failure> {
        let front = &self.sample.production;
        await_release::pause(&self.people.ada, &release.id, front, 60)?;
        let share = visitors::share(front, &build.digest, 60)?;
        self.narrator
            .fact(format!("it goes on to 60 %, for a minute: {share} of 1000; Rhea has seen enough"));
        self.people.rhea.post(&release.path("resume"), &serde_json::json!({}))?.success().map(drop)
    }

    fn bad_version(&mut self, good: &Build) -> Result<(), Failure> {
        self.sample.repository.change("BROKEN glass", "Polish the lens")?;
        let bad = self.build("A bad version fails its analysis and goes back by itself", "polish")?;
        let release = self.voted(&bad)?;
        self.first_step(&release, &bad)?;
        self.people.rhea.post(&release.path("resume"), &serde_json::json!({}))?.success()?;
        let ended = await_release::status(&self.people.ada, &release.id, "rolled_back")?;
        self.narrator.fact(format!(
            "the analysis fails, and the rollout is undone: {}",
            text(&ended, "/state/cause/why/message")?
        ));
        visitors::get(&self.sample.production, &good.digest)?;
        self.narrator.fact("everybody gets the first version's bytes");
        Ok(())
    }

    fn rollback(&mut self, earlier: &Build) -> Result<(), Failure> {
        self.sample.repository.change("Lighthouse, in red", "Try another colour")?;
        let later = self.build("A third version is built", "another colour")?;
        let release = self.production("It ships the same way", &later)?;
        self.narrator.chapter("People regret it, and it is rolled back");
        let rollback = release.roll_back(&self.people.rhea, "sailors took it for a buoy")?;
        self.narrator.fact("Rhea asks for a rollback: a release of its own, with what ran before");
        self.first_step(&rollback, earlier)?;
        self.people.rhea.post(&rollback.path("promote"), &serde_json::json!({}))?.success()?;
        self.narrator.fact("she skips the remaining steps");
        await_release::status(&self.people.rhea, &rollback.id, "succeeded")?;
        await_release::status(&self.people.rhea, &release.id, "rolled_back")?;
        visitors::get(&self.sample.production, &earlier.digest)?;
        self.narrator.fact("the regretted release is `rolled_back`; the site has the earlier bytes");
        Ok(())
    }

    fn timeline(&mut self) -> Result<(), Failure> {
        self.narrator.chapter("The timeline of it all");
        timeline::print(&self.people.ada)
    }
}
