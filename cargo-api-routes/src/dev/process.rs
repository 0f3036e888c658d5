//! A child process with all that it starts, ended together.

use std::{
    io,
    process::{ChildStdout, Command, ExitStatus, Stdio},
    sync::Arc,
    thread,
};

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};
use shared_child::SharedChild;

/// A process, on Unix the leader of a group of its own: Ctrl-C in the terminal reaches `dev` alone, which ends
/// the group.
#[derive(Debug)]
pub(super) struct Process(Arc<SharedChild>);

impl Process {
    /// Starts it without an input, and calls `ended` on another thread when it has ended.
    pub(super) fn start(
        command: &mut Command,
        ended: impl FnOnce(io::Result<ExitStatus>) + Send + 'static,
    ) -> io::Result<Self> {
        let (process, _) = Self::spawn(command)?;
        let child = Arc::clone(&process.0);
        thread::spawn(move || ended(child.wait()));
        Ok(process)
    }

    /// Starts it without an input; with its output, if that is piped.
    pub(super) fn spawn(command: &mut Command) -> io::Result<(Self, Option<ChildStdout>)> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = SharedChild::spawn(command.stdin(Stdio::null()))?;
        let stdout = child.take_stdout();
        Ok((Self(Arc::new(child)), stdout))
    }

    pub(super) fn wait(&self) -> io::Result<ExitStatus> {
        self.0.wait()
    }

    pub(super) fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// Asks for an end as Ctrl-C does.
    pub(super) fn interrupt(&self) {
        #[cfg(unix)]
        self.signal(Signal::INT);
        #[cfg(not(unix))]
        self.kill();
    }

    /// Asks for an end.
    pub(super) fn terminate(&self) {
        #[cfg(unix)]
        self.signal(Signal::TERM);
        #[cfg(not(unix))]
        self.kill();
    }

    /// Ends it, and what it has started and left behind. It is no error if nothing is there any more.
    pub(super) fn kill(&self) {
        #[cfg(unix)]
        self.signal(Signal::KILL);
        #[cfg(not(unix))]
        if self.0.kill().is_err() {
            // It has ended by itself.
        }
    }

    /// [`kill`](Self::kill), and waits until it is gone.
    pub(super) fn end(&self) {
        self.kill();
        if self.wait().is_err() {
            // Another thread has waited for it.
        }
    }

    #[cfg(unix)]
    fn signal(&self, signal: Signal) {
        let group = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group
            && kill_process_group(group, signal).is_err()
        {
            // There is nobody left in the group.
        }
    }
}

/// Gives a command the listening socket, as `listenfd` and systemd have it: from the descriptor 3 on, with their
/// number in LISTEN_FDS. LISTEN_PID is left out, as the number of a process is not known before it runs; `listenfd` does
/// without.
#[cfg(unix)]
pub(super) fn hand_on(command: &mut Command, listener: &std::net::TcpListener) -> io::Result<()> {
    use command_fds::{CommandFdExt, FdMapping};

    let mapping = FdMapping {
        parent_fd: listener.try_clone()?.into(),
        child_fd: 3,
    };
    command
        .env_remove("LISTEN_PID")
        .env("LISTEN_FDS", "1")
        .fd_mappings(vec![mapping])
        .map_err(io::Error::other)?;
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn hand_on(_: &mut Command, _: &std::net::TcpListener) -> io::Result<()> {
    Ok(())
}
