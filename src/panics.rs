//! Panics in code of the application, which must not end the connection that it runs on.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Calls `run`; a panic in it is an error, which is what it said. Whatever `run` has changed before it panicked is for the
/// caller to throw away.
#[inline]
pub(crate) fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(dispose)
}

/// Drops `value`; a panic of its destructor ends here.
pub(crate) fn discard<T>(value: T) {
    let _ = catch(|| drop(value));
}

/// Reads what a panic carries (its payload), and drops it.
#[cold]
fn dispose(payload: Box<dyn Any + Send>) -> String {
    let said = text(&*payload).to_owned();
    // A payload may panic when it is dropped, and that panic carries a payload again: this one is
    // leaked, as there may be no end of them.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(payload);
    }
    said
}

/// The payload, if it is a text: what `panic!` makes it.
fn text(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "no message"
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    /// Panics when it is dropped, with another of its kind.
    struct Endless;

    impl Drop for Endless {
        fn drop(&mut self) {
            panic_any(Endless);
        }
    }

    #[test]
    fn a_panic_is_an_error_with_its_text() {
        assert_eq!(catch(|| 1).unwrap(), 1);
        for (run, text) in [
            ((|| panic!("a")) as fn(), "a"),
            (|| panic!("{}", 1), "1"),
            (|| panic_any(7), "no message"),
            (|| panic_any(Endless), "no message"),
        ] {
            assert_eq!(catch(run).unwrap_err().to_string(), text);
        }
    }

    #[test]
    fn a_destructor_that_panics_ends_there() {
        discard(Endless);
    }
}
