//! What the generated code says of a file for documents: nothing at all, unless the application turns the
//! feature `openapi` on.
//!
//! The build script cannot know that: it is compiled with features of its own. So it writes the
//! same code always, inside of a macro that leaves it out.

/// Brings what the descriptions of all files use, once for a tree: an import for each of a thousand files takes its time.
#[cfg(feature = "openapi")]
#[doc(hidden)]
#[macro_export]
macro_rules! __describing {
    () => {
        #[allow(unused_imports)]
        use $crate::__private::describe::{Input as _, Output as _};
    };
}

/// There are no descriptions.
#[cfg(not(feature = "openapi"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __describing {
    () => {};
}

/// Has a file described: `__describe!(route, |file| { file.comment(&[" Posts."]); .. })`.
#[cfg(feature = "openapi")]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe {
    ($route:ident, |$file:ident| { $($body:tt)* }) => {
        // A function and no closure: it is compiled once, and not once more to be pointed at.
        fn describe_file($file: &mut $crate::__private::describe::FileDescription) {
            $($body)*
        }
        let $route = $route.describe(describe_file);
    };
}

/// Leaves a file undescribed.
#[cfg(not(feature = "openapi"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe {
    ($($all:tt)*) => {};
}

/// Describes a handler with its name, its comment, whether it is deprecated, and the places of its arguments.
#[cfg(feature = "openapi")]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_handler {
    ($file:ident, $pieces:ident, $handler:path, $name:literal, $comment:expr, $deprecated:literal $(, $place:tt)*) => {{
        // It has no values but types, so that it need not be compiled to code.
        let (arguments, result) = const {
            let (arguments, future) = $crate::__private::pieces::$pieces(&$handler);
            (arguments, future.awaited())
        };
        // One after the other and no list of them: nothing has to be dropped here, which would be code of its own.
        $file.function($name, $comment, $deprecated);
        $((&&arguments.$place).input($file);)*
        (&&&&result).output($file);
    }};
}
