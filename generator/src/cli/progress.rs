//! Says what is being done when it takes more than a second.

use indicatif::ProgressBar;
use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

/// How long nothing is said.
const PATIENCE: Duration = Duration::from_secs(1);

/// Something that may take long.
pub(super) struct Progress {
    done: Sender<()>,
    teller: JoinHandle<()>,
}

impl Progress {
    /// Begins `task`.
    pub(super) fn of(task: &'static str) -> Self {
        let (done, is_done) = mpsc::channel();
        let teller = thread::spawn(move || {
            if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let spinner = ProgressBar::new_spinner().with_message(task);
                spinner.enable_steady_tick(Duration::from_millis(100));
                // Until it is done, or nobody is there to say so.
                let _ = is_done.recv();
                spinner.finish_and_clear();
            }
        });
        Self { done, teller }
    }

    /// Ends it, and clears the line.
    pub(super) fn finish(self) {
        drop(self.done);
        // A teller that failed has nothing more to say.
        let _ = self.teller.join();
    }
}
