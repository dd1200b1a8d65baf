//! Frames as `::jsstack` and `::jsframe` print them.

use super::async_stack::AsyncFrame;
use super::frame_property::{content_text, Property};
use super::{frame_json, location};
use crate::heap::waits;
use crate::mdb::args::{Choice, Opt};
use crate::mdb::command::{Call, Failure};
use crate::mdb::output::Out;
use crate::v8::arguments;
use crate::v8::describe::describe;
use crate::v8::error::{Error, Result};
use crate::v8::executing;
use crate::v8::frames::{Frame, FrameKind};
use crate::v8::function::{Function, Shared, NO_NAME};
use crate::v8::heap::Heap;
use crate::v8::locals::{self, Local};
use crate::v8::method;
use crate::v8::parameters;
use crate::v8::script;
use crate::v8::suspended;
use crate::v8::value::Value;
use crate::v8::waiting;
use alloc::string::String;
use alloc::vec::Vec;

/// Characters of a native symbol that are shown.
const NATIVE_WIDTH: usize = 65;
/// Margin of everything below a frame's line.
const MARGIN: &str = "          ";

/// The options both commands have.
pub const ALL: Opt = Opt::flag('a', "show addresses, and internal frames too");
/// See [`ALL`].
pub const VERBOSE: Opt = Opt::flag('v', "show file, position, receiver, arguments and source");
/// See [`ALL`].
pub const FUNCTION: Opt =
    Opt::text('f', "func", "show only frames of functions of this name").of(Choice::Function);
/// See [`ALL`].
pub const PROPERTY: Opt = Opt::text(
    'p',
    "prop",
    "show only this property: file, posn, exec, this, arg1, arg2, ..., or a variable",
)
.of(Choice::Words(&["file", "posn", "exec", "this", "arg1", "arg2"]));
/// See [`ALL`].
pub const LINES: Opt =
    Opt::number('n', "lines", "with -v, lines of source around the function (5)");
/// See [`ALL`].
pub const OLD: Opt = Opt::flag('o', "one line per frame, as the first release in 2011 printed it");

/// Prints frames and counts those it leaves out.
pub struct Printer {
    json: bool,
    all: bool,
    verbose: bool,
    old: bool,
    function: Option<String>,
    property: Option<String>,
    lines: u64,
    warnings: bool,
    skipped: usize,
    /// Frames of the function asked for.
    matching: usize,
    /// Frames that had the property asked for, and frames that lacked it.
    having: usize,
    lacking: usize,
}

impl Printer {
    /// A printer with the options of a call; `warnings` as `::v8warnings` has them.
    pub fn new(call: &Call, warnings: bool) -> Printer {
        Printer {
            json: call.options.has('j'),
            all: call.options.has('a'),
            verbose: call.options.has('v'),
            old: call.options.has('o'),
            function: call.options.text('f'),
            property: call.options.text('p'),
            lines: call.options.number('n').unwrap_or(5),
            warnings,
            skipped: 0,
            matching: 0,
            having: 0,
            lacking: 0,
        }
    }

    /// Whether only some frames are wanted, so that others do not matter.
    fn is_filtered(&self) -> bool {
        self.function.is_some() || self.property.is_some()
    }

    /// Prints a frame.
    pub fn frame(
        &mut self,
        heap: Heap<'_>,
        frame: &Frame,
        out: &mut Out,
    ) -> core::result::Result<(), Failure> {
        let Frame { fp, pc, kind, .. } = frame;
        match kind {
            FrameKind::JavaScript(object) => {
                let function = Function::new(heap, *object)?;
                return self.javascript(heap, frame, Some(function), function.shared, out);
            }
            FrameKind::Inlined(shared) => {
                let shared = Shared::new(heap, *shared)?;
                return self.javascript(heap, frame, None, shared, out);
            }
            _ if self.is_filtered() => {}
            FrameKind::Unknown if self.json && !self.all => {}
            _ if self.json => out.line(format_args!("{}", frame_json::other(frame))),
            FrameKind::Native(symbol) if self.all || self.old => {
                self.finish(out);
                out.line(format_args!("{fp:x} {symbol}"));
            }
            FrameKind::Native(symbol) => {
                self.finish(out);
                out.line(format_args!("native: {}", cut(symbol)));
            }
            FrameKind::Internal(name) if self.old => out.line(format_args!("{fp:x} <{name}>")),
            FrameKind::Internal(name) if self.all => {
                self.finish(out);
                out.line(format_args!("{fp:x} {pc:x} <{name}>"));
            }
            FrameKind::Internal(_) => self.skipped += 1,
            FrameKind::Unknown => {
                self.skipped += 1;
                if self.warnings {
                    out.warn(alloc::format!("{fp:x} is not a frame of JavaScript or V8"));
                }
            }
        }
        Ok(())
    }

    /// Prints what waits for a function that was suspended and goes on, unless only
    /// some frames are wanted.
    pub fn waiting(&mut self, heap: Heap<'_>, object: Value, out: &mut Out) -> Result<()> {
        if self.is_filtered() {
            return Ok(());
        }
        let frames = match waiters(heap, object)? {
            Waiters::One(frames) => frames,
            Waiters::Many(promise, count) => {
                if !self.json {
                    let see = alloc::format!("{promise}::jsasync");
                    out.line(format_args!("        (awaited in {count} ways, see {see})"));
                }
                return Ok(());
            }
        };
        for frame in frames {
            if self.json {
                out.line(format_args!("{}", frame.json()));
                continue;
            }
            match frame.object().filter(|_| self.all) {
                Some(object) => out.line(format_args!("{object} {}", frame.text(true))),
                None => out.line(format_args!("js:     {}", frame.text(true))),
            }
            if self.verbose {
                frame.details(out);
            }
        }
        Ok(())
    }

    /// Says how many frames were left out.
    pub fn finish(&mut self, out: &mut Out) {
        if self.skipped > 0 && !self.is_filtered() {
            let plural = if self.skipped == 1 { "" } else { "s" };
            out.line(format_args!("        ({} internal frame{plural} elided)", self.skipped));
        }
        self.skipped = 0;
    }

    /// The function asked for, when no frame was one of it.
    pub fn missed(&self) -> Option<&str> {
        self.function.as_deref().filter(|_| self.matching == 0)
    }

    /// What the frames together come to: few of them have, say, a third
    /// argument, but a property that none has is not one.
    pub fn outcome(&self) -> core::result::Result<(), Failure> {
        match &self.property {
            Some(property) if self.lacking > 0 && self.having == 0 => {
                Err(Failure::Message(alloc::format!("unknown frame property '{property}'")))
            }
            _ => Ok(()),
        }
    }

    fn javascript(
        &mut self,
        heap: Heap<'_>,
        frame: &Frame,
        function: Option<Function<'_>>,
        shared: Shared<'_>,
        out: &mut Out,
    ) -> core::result::Result<(), Failure> {
        let own = function.map_or_else(|| shared.name(), |function| function.name());
        let name = name(heap, frame, function, shared);
        let object = function.map(|function| function.object);
        if self.function.as_ref().is_some_and(|wanted| *wanted != name && *wanted != own) {
            return Ok(());
        }
        self.matching += 1;
        if let Some(property) = &self.property {
            match Property::find(heap, frame, object, shared, property)? {
                Some(found) if self.json => {
                    self.having += 1;
                    let row = frame_json::named(frame, name).with("property", property.as_str());
                    out.line(format_args!("{}", found.json(heap, row)));
                }
                Some(found) => {
                    self.having += 1;
                    out.line(format_args!("{}", found.text(heap)));
                }
                None => {
                    self.lacking += 1;
                    if self.warnings {
                        out.warn(alloc::format!("{:x}: {name} has no '{property}'", frame.fp));
                    }
                }
            }
            return Ok(());
        }
        if self.json {
            out.line(format_args!("{}", frame_json::javascript(heap, frame, function, shared)));
            return Ok(());
        }
        self.finish(out);
        let Frame { fp, pc, .. } = frame;
        let definition = shared.definition();
        if self.old {
            let place = match &definition {
                Ok(found) => {
                    alloc::format!("{} {}", location::file(found), location::position(found))
                }
                Err(error) => alloc::format!("<{error}>"),
            };
            out.line(format_args!("{fp:x} {name} at {place}"));
            return Ok(());
        }
        match object {
            Some(object) if self.all => {
                out.line(format_args!("{fp:x} {pc:x} {name} (JSFunction: {object})"));
            }
            None if self.all => {
                let shared = shared.object;
                out.line(format_args!(
                    "{fp:x} {pc:x} {name} (inlined SharedFunctionInfo: {shared})"
                ));
            }
            _ => out.line(format_args!("js:     {name}")),
        }
        if self.verbose {
            match &definition {
                Ok(found) => {
                    out.line(format_args!("{MARGIN}file: {}", location::file(found)));
                    out.line(format_args!("{MARGIN}posn: {}", location::position(found)));
                    if !found.builtin && executing::tells_lines(heap) {
                        let exec = Property::Executing(executing::location(heap, frame, shared));
                        out.line(format_args!("{MARGIN}exec: {}", exec.text(heap)));
                    }
                }
                Err(error) => out.line(format_args!("{MARGIN}file: <{error}>")),
            }
            match function {
                Some(function) => {
                    self.call(heap, *fp, function.object, out);
                    Printer::variables(heap, frame, function, out);
                }
                // The optimizing compiler keeps no copy of them.
                None => out.line(format_args!("{MARGIN}inlined: receiver and arguments unknown")),
            }
            if self.lines > 0 {
                print_source(shared, self.lines, out);
            }
            out.text("\n");
        }
        Ok(())
    }

    /// Receiver and arguments.
    fn call(&self, heap: Heap<'_>, fp: u64, function: Value, out: &mut Out) {
        match arguments::of_frame(heap, fp, function) {
            Ok(call) => {
                if let Some(this) = call.receiver {
                    out.line(format_args!("{MARGIN}this: {this} ({})", describe(heap, this)));
                }
                for (i, arg) in (1..).zip(&call.values) {
                    out.line(format_args!("{MARGIN}arg{i}: {arg} ({})", describe(heap, *arg)));
                }
            }
            Err(error) => out.line(format_args!("{MARGIN}this: <{error}>")),
        }
    }

    /// Names of the parameters, and the variables by name.
    fn variables(heap: Heap<'_>, frame: &Frame, function: Function<'_>, out: &mut Out) {
        if let Some(names) = parameters::names(function.shared).filter(|names| !names.is_empty()) {
            out.line(format_args!("{MARGIN}params: {}", names.join(", ")));
        }
        match locals::of_frame(heap, frame, function.object) {
            Ok(locals) => {
                for Local { name, content } in locals {
                    let text = content_text(heap, &content);
                    out.line(format_args!("{MARGIN}local {name}: {text}"));
                }
            }
            Err(error) => out.line(format_args!("{MARGIN}locals: <{error}>")),
        }
    }
}

/// What waits for a suspended function.
pub enum Waiters<'a> {
    /// This chain, the innermost first; empty if nothing does.
    One(Vec<AsyncFrame<'a>>),
    /// So many chains, which begin at this promise.
    Many(Value, usize),
}

/// Finds what waits for a suspended function.
pub fn waiters<'a>(heap: Heap<'a>, object: Value) -> Result<Waiters<'a>> {
    let promise = match waiting::is_known(heap) {
        Ok(()) => suspended::promise(heap, object, None)?,
        Err(_) => None,
    };
    let Some(promise) = promise else { return Ok(Waiters::One(Vec::new())) };
    let waits = waits::of_promise(heap, promise)?.list;
    let waiters = match &waits[..] {
        [] => &[][..],
        [wait] => &wait.waiters,
        many => return Ok(Waiters::Many(promise, many.len())),
    };
    let frames: Result<Vec<_>> =
        waiters.iter().map(|waiter| AsyncFrame::new(heap, *waiter)).collect();
    Ok(Waiters::One(frames?))
}

/// The name of a JavaScript frame's function, as far as its receiver tells.
pub fn name(
    heap: Heap<'_>,
    frame: &Frame,
    function: Option<Function<'_>>,
    shared: Shared<'_>,
) -> String {
    function.map_or_else(|| shared.name(), |function| method::name(heap, frame.fp, function))
}

/// What V8 has inferred of a function without a name: `x.y` of `<anonymous> (as x.y)`,
/// nothing of `<anonymous> (as <anon>)`.
pub fn inferred(name: &str) -> Option<&str> {
    let inferred = name.strip_prefix(NO_NAME)?.strip_prefix(" (as ")?.trim_end_matches(')');
    Some(if inferred == "<anon>" { "" } else { inferred })
}

/// The name of a JavaScript frame's function, and what is shared of it.
pub fn shared_of<'a>(heap: Heap<'a>, frame: &Frame) -> Result<(String, Shared<'a>)> {
    match frame.kind {
        FrameKind::Inlined(shared) => {
            let shared = Shared::new(heap, shared)?;
            Ok((shared.name(), shared))
        }
        FrameKind::JavaScript(object) => {
            let function = Function::new(heap, object)?;
            Ok((method::name(heap, frame.fp, function), function.shared))
        }
        _ => Err(Error::Missing("the function of a native frame")),
    }
}

fn cut(symbol: &str) -> String {
    if symbol.chars().count() <= NATIVE_WIDTH {
        return symbol.into();
    }
    let start: String = symbol.chars().take(NATIVE_WIDTH - 1).collect();
    start + "..."
}

/// The source of a function with lines around it, its own ones bold.
pub fn print_source(shared: Shared<'_>, context: u64, out: &mut Out) {
    match source(shared, context) {
        Ok(excerpt) => {
            out.text("\n");
            for (number, own, text) in excerpt.lines {
                if own {
                    out.bold();
                }
                out.line(format_args!("{number:5} {text}"));
                if own {
                    out.plain();
                }
            }
        }
        // Builtins have no source: nothing is missing.
        Err(Error::WrongType { .. }) => {}
        Err(error) => out.line(format_args!("{MARGIN}source: <{error}>")),
    }
}

/// The source of a function with lines around it.
pub fn source(shared: Shared<'_>, context: u64) -> Result<script::Excerpt> {
    let script = shared.script()?.ok_or_else(|| shared.no_script())?;
    let source = script.source()?;
    let start = shared.position()?.unwrap_or(0);
    let end = shared.range()?.map_or(start, |(_, end)| end);
    Ok(script::excerpt(&source.units, start, end, context))
}
