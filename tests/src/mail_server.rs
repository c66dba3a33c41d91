//! A mail server, for the functions that need a real one.

use crate::engines::{free_port, tools, wait_for_port};
use std::{fs, path::Path, process::Command};

/// A mail server that keeps what it gets in a folder, one file for each mail.
pub struct MailServer {
    process: std::process::Child,
    /// Its port on this machine.
    pub port: u16,
    mails: tempfile::TempDir,
}

impl MailServer {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        let mails = tempfile::tempdir().expect("a mail server");
        let port = free_port();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("mail_server.py");
        let process = Command::new(tools().join("venv/bin/python"))
            .arg(script)
            .args([port.to_string().as_ref(), mails.path().as_os_str()])
            .spawn()
            .expect("tests/run.sh installs it");
        wait_for_port(port).await;
        Self { process, port, mails }
    }

    /// The text of the one mail to an address.
    ///
    /// # Panics
    /// When there is none, or more.
    pub fn mail_to(&self, address: &str) -> String {
        let files = fs::read_dir(self.mails.path())
            .expect("a mail server")
            .map(|entry| fs::read_to_string(entry.expect("a mail server").path()).expect("a mail server"));
        let mut mails = files.filter(|mail| mail.contains(&format!("To: {address}")));
        let mail = mails.next().expect("a mail");
        assert!(mails.next().is_none(), "one mail");
        mail
    }

    /// Forgets the mails that came.
    ///
    /// # Panics
    /// When they cannot be removed.
    pub fn forget(&self) {
        for mail in fs::read_dir(self.mails.path()).expect("a folder") {
            fs::remove_file(mail.expect("a mail").path()).expect("removed");
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
