//! The package's module in a process of Node.js.

use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wasm");

/// Builds the package of the sources as they are, once.
fn built() {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut command = Command::new(env!("CARGO"));
        let output = command.args(["xtask", "wasm"]).current_dir(HERE).output().expect("cargo starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    });
}

/// A process that answers what it is asked.
pub(crate) struct Node {
    child: Child,
    questions: Option<BufWriter<ChildStdin>>,
    answers: BufReader<ChildStdout>,
}

impl Node {
    pub(crate) fn start() -> Self {
        built();
        let mut command = Command::new("node");
        command.arg("answer.js").current_dir(HERE).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("Node.js starts");
        let questions = child.stdin.take().map(BufWriter::new);
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, questions, answers }
    }

    /// Asks each function with its arguments, and tells what is answered.
    pub(crate) fn answers(
        &mut self,
        asked: Vec<(&'static str, String)>,
        mut told: impl FnMut(&'static str, &str, &str),
    ) {
        let mut questions = self.questions.take().expect("the process was not ended");
        // By a thread of its own: the process answers while it is still being asked.
        let mut questions = std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                for (function, arguments) in &asked {
                    let question = serde_json::to_string(&(function, arguments)).expect("JSON");
                    writeln!(questions, "{question}").expect("Node.js reads");
                }
                questions.flush().expect("Node.js reads");
                questions
            });
            for (function, arguments) in &asked {
                let mut answer = String::new();
                self.answers.read_line(&mut answer).expect("Node.js answers");
                let answer = answer.strip_suffix('\n').expect("Node.js answers every question");
                told(function, arguments, answer);
            }
            asking.join().expect("all is asked")
        });
        questions.flush().expect("Node.js reads");
        self.questions = Some(questions);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Without questions it ends by itself; after a failed test it may still be writing.
        self.questions = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
