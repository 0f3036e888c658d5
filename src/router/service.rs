//! The way of a request through one route, and of its answer back.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum_core::{body::Body, extract::DefaultBodyLimit};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as HttpBody;

use super::endpoint::{Behind, RouteEndpoint};
use crate::{
    body,
    config::ApiConfig,
    error::BoxError,
    handler::BoxFuture,
    panics,
    request::ApiRequest,
    response::{
        ResponseBody,
        finish::{FinishContext, finish},
        handler_response::HandlerResponse,
    },
    route::{MatchedRoute, Route},
};

/// Hands a request on to what stands behind its route: a layer, or the handlers. `outermost`: nothing of
/// the route comes before.
///
/// Only the body that the handlers are given is put under its limit and its deadlines, so that every
/// layer sees what becomes of them.
pub(super) fn call<B>(
    endpoint: &RouteEndpoint,
    matched: MatchedRoute,
    mut request: Request<B>,
    outermost: bool,
) -> RouteFuture
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let route = Arc::clone(matched.route());
    if outermost && !request.body().is_end_stream() {
        limit_other_extractors(&mut request, &route.config);
    }
    let (mut parts, body) = request.into_parts();
    #[allow(unused_mut, reason = "preview mode changes it")]
    let mut context = FinishContext::of(&matched, &parts, outermost);
    let handler = match &endpoint.0 {
        Behind::Layer(layer) => {
            parts.extensions.insert(matched);
            let request = Request::from_parts(parts, Body::new(body));
            let answer = Answer::Future(layer.call(request));
            return RouteFuture::of(answer, route, context, outermost);
        }
        Behind::Any(handler) => Ok(handler),
        Behind::Methods(methods) => methods.find(&parts.method).ok_or(methods),
    };
    let answer = match handler {
        Ok(handler) => {
            #[cfg(feature = "preview")]
            context.watch_preview(&matched, &mut parts);
            match body::guard(&parts, body, &route.config) {
                Ok(body) => {
                    let request = ApiRequest::new(parts, body, matched);
                    Answer::Future(Arc::clone(handler).call(request))
                }
                Err(error) => Answer::Ready(HandlerResponse::from_rejection(error)),
            }
        }
        // A method without a handler is refused whatever its body.
        Err(methods) => {
            body::discard(&parts, body);
            Answer::Ready(methods.refuse(&parts.method))
        }
    };
    RouteFuture::of(answer, route, context, outermost)
}

/// Tells the extractors of axum, which stop at 2 MB by default, where the route has them stop. That comes before the
/// layers of the route, so that a `DefaultBodyLimit` among them has the last word.
#[inline]
fn limit_other_extractors<B>(request: &mut Request<B>, config: &ApiConfig) {
    const AXUM_DEFAULT: u64 = 2_097_152;
    let limit = match (config.max_body(), config.max_buffered()) {
        // The body itself ends before.
        (Some(limit), _) if limit.as_bytes() <= AXUM_DEFAULT => return,
        // A service has limits of its own.
        _ if config.is_of_service() => return,
        (None, Some(limit)) => {
            DefaultBodyLimit::max(usize::try_from(limit.as_bytes()).unwrap_or(usize::MAX))
        }
        // The body itself ends where it has to, if anywhere.
        (Some(_), _) | (None, None) => DefaultBodyLimit::disable(),
    };
    limit.apply(request);
}

/// The future of a route's answer.
#[must_use = "futures do nothing unless polled"]
pub struct RouteFuture {
    answer: Answer,
    context: FinishContext,
    route: Option<Arc<Route>>,
    /// Nothing of the route comes after this future.
    outermost: bool,
    /// What the extensions of the response are to hold.
    named: Option<Box<MatchedRoute>>,
}

enum Answer {
    Future(BoxFuture),
    Ready(HandlerResponse),
    /// One that is always the same.
    Constant(Arc<Response<Bytes>>),
    Taken,
}

impl Answer {
    /// The answer of the handler; a panic is a 500.
    #[inline]
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<HandlerResponse> {
        match std::mem::replace(self, Self::Taken) {
            Self::Ready(response) => Poll::Ready(response),
            Self::Future(mut future) => {
                match panics::catch(|| future.as_mut().poll(cx)) {
                    Ok(Poll::Ready(response)) => Poll::Ready(response),
                    Ok(Poll::Pending) => {
                        *self = Self::Future(future);
                        Poll::Pending
                    }
                    Err(panic) => {
                        // Whatever a destructor of the handler does, the client is answered.
                        panics::discard(future);
                        Poll::Ready(HandlerResponse::from_panic(&panic))
                    }
                }
            }
            Self::Constant(_) | Self::Taken => Poll::Pending,
        }
    }
}

impl RouteFuture {
    #[inline]
    fn of(answer: Answer, route: Arc<Route>, context: FinishContext, outermost: bool) -> Self {
        Self {
            answer,
            context,
            route: Some(route),
            outermost,
            named: None,
        }
    }

    /// An answer that no handler gives.
    pub(crate) fn ready(response: Response<ResponseBody>) -> Self {
        Self {
            answer: Answer::Ready(HandlerResponse::from_response(response)),
            context: FinishContext::default(),
            route: None,
            outermost: true,
            named: None,
        }
    }

    /// The same, without a copy of what is the same for every request.
    pub(crate) fn constant(response: &Arc<Response<Bytes>>) -> Self {
        Self {
            answer: Answer::Constant(Arc::clone(response)),
            context: FinishContext::default(),
            route: None,
            outermost: true,
            named: None,
        }
    }

    /// Leaves `route` in the extensions of the response, however that came about.
    pub(crate) fn naming(mut self, route: Option<Box<MatchedRoute>>) -> Self {
        self.named = route;
        self
    }
}

impl Future for RouteFuture {
    type Output = Result<Response<ResponseBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Answer::Constant(response) = &self.answer {
            return Poll::Ready(Ok(Response::clone(response).map(Into::into)));
        }
        let mut response = std::task::ready!(self.answer.poll(cx));
        if let Some(route) = self.route.take() {
            let (context, outermost) = (&self.context, self.outermost);
            // It drops bodies and formats errors, which are the application's.
            if let Err(panic) = panics::catch(|| finish(&mut response, &route, context, outermost))
            {
                let broken = std::mem::replace(&mut response, HandlerResponse::from_panic(&panic));
                panics::discard(broken);
                finish(&mut response, &route, context, outermost);
            }
        }
        if let Some(route) = self.named.take() {
            response.response.extensions_mut().insert(*route);
        }
        Poll::Ready(Ok(*response.response))
    }
}

impl fmt::Debug for RouteFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteFuture").finish_non_exhaustive()
    }
}
