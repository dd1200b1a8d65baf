//! Commands and walkers, one file each, named after them; and the text they share.

mod frame;
pub mod help;
pub mod inspect;
mod location;
pub mod text;
pub mod view;

mod jsclosure;
mod jsframe;
mod jsfunction;
mod jsprint;
mod jssource;
mod jsstack;
mod v8array;
mod v8cfg;
mod v8classes;
mod v8frametypes;
mod v8load;
#[cfg(feature = "test-panic")]
mod v8panic;
mod v8print;
mod v8regions;
mod v8str;
mod v8type;
mod v8types;
mod v8version;
mod v8warnings;
mod walk_jselement;
mod walk_jsframe;
mod walk_jsprop;

pub use jsclosure::JsClosure;
pub use jsframe::JsFrame;
pub use jsfunction::JsFunction;
pub use jsprint::JsPrint;
pub use jssource::JsSource;
pub use jsstack::JsStack;
pub use v8array::V8Array;
pub use v8cfg::V8Cfg;
pub use v8classes::V8Classes;
pub use v8frametypes::V8FrameTypes;
pub use v8load::V8Load;
#[cfg(feature = "test-panic")]
pub use v8panic::V8Panic;
pub use v8print::V8Print;
pub use v8regions::V8Regions;
pub use v8str::V8Str;
pub use v8type::V8Type;
pub use v8types::V8Types;
pub use v8version::V8Version;
pub use v8warnings::V8Warnings;
pub use walk_jselement::WalkJsElement;
pub use walk_jsframe::WalkJsFrame;
pub use walk_jsprop::WalkJsProp;
