//! `::jsglobals`

use super::inspect::{self, Style};
use super::json::{self, Json};
use super::text;
use crate::heap::paths;
use crate::heap::whole::Whole;
use crate::mdb::args::Opt;
use crate::mdb::command::{Call, Dcmd, Failure, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::node::globals;
use crate::session::Session;
use crate::v8::context;
use crate::v8::describe::describe;
use crate::v8::error::{Error, Result};
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::memory::Target;
use crate::v8::properties::{self, Key, Property, Slot};
use crate::v8::script_context;
use crate::v8::value::Value;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// `::jsglobals`
pub struct JsGlobals;

impl Dcmd for JsGlobals {
    const ROW: Row = Row {
        name: c"jsglobals",
        usage: c"[-aj]",
        description: c"print the program's global variables",
        options: &[Opt::flag('a', "also those of V8 and Node"), json::OPTION],
        help: "
Prints the properties of each global object that are not V8's or Node's own, and the
variables that scripts have declared with let, const and class outside of all
functions: name, address and value. Variables of modules are not among them: those are
of the function that a module is, see ::jsclosure of one of its functions. In a pipe,
prints the values that have an address.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let heap = session.heap(target)?;
        let whole = session.whole(target, false)?;
        let mut printer = Printer { heap, all: call.options.has('a'), json: call.options.has('j') };
        for id in paths::globals(heap, &whole)? {
            printer.properties(whole.objects.value(heap, id), out)?;
        }
        for native in natives(heap, &whole)? {
            for context in script_context::of_native(heap, native)? {
                let mut variables = context.variables()?;
                // V8's own script declares nothing else.
                variables.retain(|variable| variable.name.as_deref() != Some("this"));
                if variables.is_empty() {
                    continue;
                }
                printer.heading(out, format_args!("{} (script)", context.object()));
                for variable in variables {
                    let name = variable.name.as_deref().unwrap_or("<unreadable name>");
                    printer.row(context.object(), "script", name, variable.slot, out)?;
                }
            }
        }
        Ok(Flow::Done)
    }
}

/// The native contexts: those that functions are in.
fn natives(heap: Heap<'_>, whole: &Whole) -> Result<BTreeSet<Value>> {
    let life = whole.life(heap)?;
    let (mut seen, mut natives) = (BTreeSet::new(), BTreeSet::new());
    for id in whole.objects.of_maps(|map| map.kind == Kind::Function).filter(|id| life.has(*id)) {
        heap.check_interrupt()?;
        let Ok(context) = context::captured(heap, whole.objects.value(heap, id)) else { continue };
        if seen.insert(context.object()) {
            natives.extend(context.native_context().ok().flatten());
        }
    }
    Ok(natives)
}

struct Printer<'a> {
    heap: Heap<'a>,
    all: bool,
    json: bool,
}

impl Printer<'_> {
    fn heading(&self, out: &mut Out, text: core::fmt::Arguments<'_>) {
        if !self.json && !out.is_piped() {
            out.line(text);
        }
    }

    /// The properties of a global object.
    fn properties(&mut self, global: Value, out: &mut Out) -> core::result::Result<(), Failure> {
        let heap = self.heap;
        let mut wanted = Vec::new();
        properties::each(heap, global, &mut |property| {
            if let Ok(Property { key: Key::Name(name), slot, .. }) = property {
                if self.all || !globals::is_own(heap, &name, slot) {
                    wanted.push((name, slot));
                }
            }
            ControlFlow::Continue(())
        })?;
        if wanted.is_empty() {
            return Ok(());
        }
        wanted.sort_by(|a, b| a.0.cmp(&b.0));
        self.heading(out, format_args!("{global} ({})", describe(heap, global)));
        for (name, slot) in wanted {
            heap.check_interrupt()?;
            self.row(global, "property", &name, Some(slot), out)?;
        }
        Ok(())
    }

    fn row(
        &self,
        of: Value,
        kind: &str,
        name: &str,
        slot: Option<Slot>,
        out: &mut Out,
    ) -> core::result::Result<(), Failure> {
        let heap = self.heap;
        if out.is_piped() {
            if let Some(Slot::Value(value)) = slot {
                out.line(format_args!("{value}"));
            }
            return Ok(());
        }
        if self.json {
            let row = Json::object().with("name", name).with("kind", kind).with("of", of);
            out.line(format_args!("{}", Json::slot(heap, row, slot)));
            return Ok(());
        }
        let style = Style { depth: 1, addresses: true, ..Style::default() };
        let value: String = match slot.map(|slot| inspect::slot(heap, slot, style)) {
            Some(Err(Error::Interrupted)) => return Err(Failure::Interrupted),
            Some(Err(error)) => alloc::format!("<{error}>"),
            Some(Ok(value)) => value,
            None => "hole".into(),
        };
        let value = value.replace('\n', "\n    ");
        out.line(format_args!("    {}: {value}", text::quoted_str(name)));
        Ok(())
    }
}
