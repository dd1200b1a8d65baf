//! `::jitcode`

use crate::mdb::command::{Call, Dcmd, Flow, Outcome, Row};
use crate::mdb::output::Out;
use crate::session::Session;
use crate::v8::code::{self, Code, Compiler, Finder};
use crate::v8::function::Shared;
use crate::v8::heap::Heap;
use crate::v8::memory::Target;
use alloc::string::String;

/// `::jitcode`
pub struct JitCode;

impl Dcmd for JitCode {
    const ROW: Row = Row {
        name: c"jitcode",
        usage: c":",
        description: c"print whose code an address belongs to",
        options: &[],
        help: "
Prints the function whose optimized code is at the address, and how far in it that
is, as NAME+0xOFF; of other code that V8 has made, by what. Nothing where V8 has no
code. The debugger's own ::dis asks it for addresses without a symbol.
",
    };

    fn run(call: &Call, session: &mut Session, target: &dyn Target, out: &mut Out) -> Outcome {
        let addr = call.address()?;
        let Ok(heap) = session.heap(target) else { return Ok(Flow::Done) };
        if let Some(code) = Finder::default().find(heap, addr) {
            let offset = addr.wrapping_sub(code.start);
            out.line(format_args!("{}+{offset:#x}", name(heap, code)));
        }
        Ok(Flow::Done)
    }
}

fn name(heap: Heap<'_>, code: Code) -> String {
    let by = match code::compiler(heap, code) {
        Ok(Compiler::Optimizing) => {
            let function = code::function(heap, code).and_then(|own| Shared::new(heap, own));
            return function.map_or_else(|_| "<optimized code>".into(), |own| own.name());
        }
        Ok(Compiler::Baseline) => "<baseline code>",
        Ok(Compiler::Full) => "<full code>",
        _ => "<code>",
    };
    by.into()
}
