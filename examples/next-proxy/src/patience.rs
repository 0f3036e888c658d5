//! How long the upstream server may be silent before it answers.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

/// Waits for an answer as long as the request is on its way, and then for this time; `None` when
/// none came.
pub(crate) async fn answer_within<F: Future>(
    patience: Duration,
    sent: watch::Receiver<Instant>,
    answer: F,
) -> Option<F::Output> {
    let mut answer = pin!(answer);
    loop {
        let last = *sent.borrow();
        if let Ok(answer) = timeout_at(last + patience, &mut answer).await {
            return Some(answer);
        }
        // Has more been sent meanwhile?
        if *sent.borrow() == last {
            return None;
        }
    }
}

/// The body of a request, and when its last part was sent; before that, now.
pub(crate) fn watch_sent(body: Body) -> (SentBody, watch::Receiver<Instant>) {
    let (sent, last) = watch::channel(Instant::now());
    (SentBody { body, sent }, last)
}

#[derive(Debug)]
pub(crate) struct SentBody {
    body: Body,
    sent: watch::Sender<Instant>,
}

impl HttpBody for SentBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.sent.send_replace(Instant::now());
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn silence_ends_the_wait() {
        let (_body, sent) = watch_sent(Body::empty());
        let start = Instant::now();
        assert_eq!(answer_within(SECOND, sent, pending::<()>()).await, None);
        assert_eq!(start.elapsed(), SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_ends_the_wait() {
        let (_body, sent) = watch_sent(Body::empty());
        assert_eq!(answer_within(SECOND, sent, ready(1)).await, Some(1));
        let (_body, sent) = watch_sent(Body::empty());
        let late = async { sleep(SECOND / 2).await };
        assert_eq!(answer_within(SECOND, sent, late).await, Some(()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_sent_prolongs_the_wait() {
        let (mut body, sent) = watch_sent(Body::from("part"));
        let start = Instant::now();
        let answer = async {
            sleep(SECOND / 2).await;
            std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            pending::<()>().await;
        };
        assert_eq!(answer_within(SECOND, sent, answer).await, None);
        assert_eq!(start.elapsed(), SECOND + SECOND / 2);
    }
}
