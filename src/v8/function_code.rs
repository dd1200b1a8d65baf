//! The machine code and the bytecode of a function.

use crate::v8::code::{self, Code};
use crate::v8::error::{Error, Result};
use crate::v8::function::Shared;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::value::Value;

/// Bytes of the pages that objects lie in (src/common/globals.h, kPageSizeBits).
const PAGE: u64 = 1 << 18;
/// Bits of a dispatch handle below the number of its entry, and bytes of an
/// entry (src/common/globals.h, kJSDispatchHandleShift, kJSDispatchTableEntrySize).
const HANDLE_SHIFT: u32 = 8;
const ENTRY: u64 = 16;
/// Bits of an entry's second word below the Code object
/// (src/sandbox/js-dispatch-table.h, kObjectPointerShift).
const OBJECT_SHIFT: u32 = 16;

/// Objects that may stand between a function and its bytecode.
const MAX_INSTEAD: u32 = 4;

/// A Code object and its instructions.
pub fn instructions(heap: Heap<'_>, object: Value) -> Result<Code> {
    heap.expect(object, Kind::Code, "Code")?;
    code::open(heap, object)
}

/// The Code object of a function.
pub fn code(heap: Heap<'_>, function: Value) -> Result<Value> {
    let layout = heap.layout;
    let object = if layout.find(C::FunctionCode).is_some() {
        heap.field(function, C::FunctionCode)?
    } else if layout.find(C::FunctionDispatchHandle).is_some() {
        dispatched(heap, function)?
    } else {
        // Before V8 6.1 functions know where their code begins, not the object.
        let entry = heap.field(function, C::FunctionCodeEntry)?.0;
        let header = layout.get(C::CodeInstructions)?;
        Value::at(entry.wrapping_add_signed(-header))
    };
    heap.expect(object, Kind::Code, "Code")
}

/// The Code object that the dispatch table has for a function (V8 >= 13).
fn dispatched(heap: Heap<'_>, function: Value) -> Result<Value> {
    let handle = heap.u32(heap.field_addr(function, C::FunctionDispatchHandle)?)?;
    let entry = u64::from(handle >> HANDLE_SHIFT) * ENTRY;
    let addr = dispatch_table(heap, function)?.wrapping_add(entry);
    let encoded = heap.word(addr.wrapping_add(heap.word_size()))?;
    Ok(Value::at(encoded >> OBJECT_SHIFT))
}

/// The dispatch table of the isolate a function belongs to, or of its group
/// (src/execution/isolate-data.h, src/init/isolate-group.h). The page an object
/// lies in leads to the heap, which is a part of the isolate
/// (src/heap/memory-chunk.h, src/heap/base-page.h).
fn dispatch_table(heap: Heap<'_>, function: Value) -> Result<u64> {
    let layout = heap.layout;
    let at = |base: u64, field: C| Ok::<_, Error>(base.wrapping_add_signed(layout.get(field)?));
    let page = heap.addr(function)? & !(PAGE - 1);
    let metadata = heap.word(page + heap.word_size())?;
    let heap_object = heap.word(at(metadata, C::PageHeap)?)?;
    let isolate = heap_object.wrapping_add_signed(-layout.get(C::IsolateHeap)?);
    if layout.find(C::IsolateDispatchTable).is_some() {
        return heap.word(at(isolate, C::IsolateDispatchTable)?);
    }
    let group = heap.word(at(isolate, C::IsolateGroup)?)?;
    heap.word(at(group, C::GroupDispatchTable)?)
}

/// The bytecode of a function; none when it has not been compiled to any.
pub fn bytecode(heap: Heap<'_>, shared: Shared<'_>) -> Result<Option<Value>> {
    for field in [C::SharedTrustedData, C::SharedFunctionData] {
        if heap.layout.find(field).is_none() {
            continue;
        }
        let data = heap.field(shared.object, field)?;
        if !heap.is_heap_object(data) {
            continue;
        }
        let mut at = data;
        for _ in 0..MAX_INSTEAD {
            // What replaced the bytecode keeps it: as its first field, behind the
            // baseline code [9.4] (src/objects/shared-function-info.tq), and later as
            // that code, where optimized code has its deoptimization data.
            let word = |index| heap.word(heap.addr(at)? + index * heap.word_size()).map(Value);
            at = match heap.class_name(at)?.as_str() {
                "BytecodeArray" => return Ok(Some(at)),
                "InterpreterData" => word(1)?,
                "BaselineData" => word(2)?,
                "Code" => heap.field(at, C::CodeDeoptData)?,
                _ => break,
            };
            if !heap.is_heap_object(at) {
                break;
            }
        }
    }
    Ok(None)
}
