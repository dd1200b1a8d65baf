//! Functions: names, places of definition, bound functions.

use crate::v8::error::{Error, Result};
use crate::v8::fixed_array::FixedArray;
use crate::v8::heap::Heap;
use crate::v8::layout::types::Kind;
use crate::v8::layout::C;
use crate::v8::properties::{self, Slot};
use crate::v8::scope_info::ScopeInfo;
use crate::v8::script::{Location, Script};
use crate::v8::string;
use crate::v8::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// A JavaScript function.
#[derive(Clone, Copy)]
pub struct Function<'a> {
    heap: Heap<'a>,
    /// The JSFunction.
    pub object: Value,
    /// What its closures share.
    pub shared: Shared<'a>,
}

/// A SharedFunctionInfo.
#[derive(Clone, Copy)]
pub struct Shared<'a> {
    heap: Heap<'a>,
    /// The object.
    pub object: Value,
}

/// What a bound function binds.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The function it calls.
    pub target: Value,
    /// The receiver it calls it with.
    pub this: Value,
    /// First arguments.
    pub arguments: Vec<Value>,
}

/// Where a function is defined, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// File name; none for V8's own functions and for `eval`.
    pub file: Option<String>,
    /// Whether it is one of V8's own, written in C++ or its internal language.
    pub builtin: bool,
    /// Line or character.
    pub location: Option<Location>,
}

/// Text in place of a name that a function does not have.
pub const NO_NAME: &str = "<anonymous>";

impl<'a> Function<'a> {
    /// Opens a function.
    pub fn new(heap: Heap<'a>, object: Value) -> Result<Function<'a>> {
        heap.expect(object, Kind::Function, "JSFunction")?;
        let shared = heap.field(object, C::FunctionShared)?;
        Ok(Function { heap, object, shared: Shared::new(heap, shared)? })
    }

    /// The context its free variables live in.
    pub fn context(&self) -> Result<Value> {
        self.heap.field(self.object, C::FunctionContext)
    }

    /// Name as the debugger prints it: that of a `name` property that holds
    /// text, as methods with computed names have, else the shared one (V8's own
    /// rule: src/objects/js-function.cc, JSFunction::GetDebugName).
    pub fn name(&self) -> String {
        let heap = self.heap;
        if let Ok(Some(Slot::Value(name))) = properties::get(heap, self.object, "name") {
            if heap.is_heap_object(name) && heap.kind(name) == Ok(Kind::String) {
                if let Some(text) = string::name(heap, name).ok().filter(|text| !text.is_empty()) {
                    return text;
                }
            }
        }
        self.shared.name()
    }

    /// What it binds, if it is a bound function of V8 before 4.9: a JSFunction
    /// with a flag and an array [target, this, arguments...].
    fn old_bound(&self) -> Result<Option<Bound>> {
        let layout = self.heap.layout;
        let Some(bit) = layout.find(C::HintBoundFunction) else { return Ok(None) };
        if layout.types.number_of("JSBoundFunction").is_some()
            || layout.find(C::SharedCompilerHints).is_none()
        {
            return Ok(None);
        }
        let hints = self.shared.int(C::SharedCompilerHints)?;
        if hints >> bit & 1 == 0 {
            return Ok(None);
        }
        let bindings =
            FixedArray::new(self.heap, self.heap.field(self.object, C::FunctionBindings)?)?;
        let arguments = bindings.iter_from(2).collect::<Result<_>>()?;
        Ok(Some(Bound { target: bindings.get(0)?, this: bindings.get(1)?, arguments }))
    }
}

/// What a function binds, if it is a bound function.
pub fn bound(heap: Heap<'_>, object: Value) -> Result<Option<Bound>> {
    match heap.kind(object)? {
        Kind::BoundFunction => {
            let arguments = FixedArray::new(heap, heap.field(object, C::BoundArguments)?)?;
            Ok(Some(Bound {
                target: heap.field(object, C::BoundTarget)?,
                this: heap.field(object, C::BoundThis)?,
                arguments: arguments.iter().collect::<Result<_>>()?,
            }))
        }
        Kind::Function => Function::new(heap, object)?.old_bound(),
        _ => Ok(None),
    }
}

impl<'a> Shared<'a> {
    /// Opens a SharedFunctionInfo.
    pub fn new(heap: Heap<'a>, object: Value) -> Result<Shared<'a>> {
        heap.expect(object, Kind::SharedFunctionInfo, "SharedFunctionInfo")?;
        Ok(Shared { heap, object })
    }

    /// An integer of old SharedFunctionInfos: a small integer on 32-bit
    /// targets; half a word on 64-bit ones, the lower half shifted by the tag
    /// (src/objects.h, PSEUDO_SMI_ACCESSORS).
    fn int(&self, field: C) -> Result<i64> {
        let heap = self.heap;
        if heap.word_size() == 8 && heap.layout.is(C::SharedPackedInts) {
            let addr = heap.field_addr(self.object, field)?;
            let raw = i64::from(heap.u32(addr)?.cast_signed());
            return Ok(if addr % 8 == 0 { raw >> 1 } else { raw });
        }
        if heap.word_size() == 8 {
            return heap
                .u32(heap.field_addr(self.object, field)?)
                .map(|n| i64::from(n.cast_signed()));
        }
        heap.smi_field(self.object, field, "function integer")
    }

    /// The function's scope, where it has one.
    pub fn scope_info(&self) -> Result<Option<ScopeInfo<'a>>> {
        let heap = self.heap;
        let field = if heap.layout.find(C::SharedScopeInfo).is_some() {
            C::SharedScopeInfo
        } else {
            C::SharedName
        };
        let value = heap.field(self.object, field)?;
        if !heap.is_heap_object(value) {
            return Ok(None);
        }
        match heap.kind(value)? {
            Kind::ScopeInfo | Kind::FixedArray => ScopeInfo::new(heap, value).map(Some),
            _ => Ok(None),
        }
    }

    /// Data of a function that was not compiled yet, or lost its code.
    fn uncompiled(&self) -> Option<Value> {
        [C::SharedFunctionData, C::SharedTrustedData].into_iter().find_map(|field| {
            let data = self.heap.field(self.object, field).ok()?;
            let uncompiled = self.heap.is_heap_object(data)
                && self.heap.kind(data).is_ok_and(|k| k == Kind::UncompiledData);
            uncompiled.then_some(data)
        })
    }

    /// The name of a function V8 made to initialize a class
    /// (src/objects/shared-function-info.cc, DebugName); before V8 12 these
    /// have it as their own. The kinds for instances come before those for
    /// static blocks, of which there are one or two.
    fn initializer_name(&self) -> Result<Option<&'static str>> {
        let layout = self.heap.layout;
        let (Some(members), Some(statics)) =
            (layout.find(C::KindMembersInitializer), layout.find(C::KindStaticInitializer))
        else {
            return Ok(None);
        };
        let flags = self.heap.u32(self.heap.field_addr(self.object, C::SharedFlags)?)?;
        let kind = i64::from(flags & 31);
        Ok(if (members..statics).contains(&kind) {
            Some("<instance_members_initializer>")
        } else if (statics..=statics + 1).contains(&kind) {
            Some("<static_initializer>")
        } else {
            None
        })
    }

    /// The name in the source, or that V8 gave by the language's rules.
    pub fn own_name(&self) -> Result<Option<String>> {
        if let Some(name) = self.initializer_name()? {
            return Ok(Some(name.into()));
        }
        let name = self.heap.field(self.object, C::SharedName)?;
        let text = if !self.heap.is_heap_object(name) {
            None
        } else if self.heap.kind(name)? == Kind::String {
            Some(string::name(self.heap, name)?)
        } else {
            self.scope_info()?.map(|scope| scope.function_name()).transpose()?.flatten()
        };
        Ok(text.filter(|t| !t.is_empty()))
    }

    /// The name derived from the code around, such as `Point.method`.
    pub fn inferred_name(&self) -> Result<Option<String>> {
        let heap = self.heap;
        let named = |value: Value| -> Result<Option<String>> {
            let text = heap.is_heap_object(value) && heap.kind(value)? == Kind::String;
            Ok(if text { Some(string::name(heap, value)?) } else { None })
        };
        let text = if heap.layout.find(C::SharedInferredName).is_some() {
            named(heap.field(self.object, C::SharedInferredName)?)?
        } else if let Some(data) = self.uncompiled() {
            named(heap.field(data, C::UncompiledInferredName)?)?
        } else {
            self.scope_info()?.map(|scope| scope.inferred_name()).transpose()?.flatten()
        };
        Ok(text.filter(|t| !t.is_empty()))
    }

    /// Name as the debugger prints it: the own name, else `<anonymous>` with
    /// the inferred one, else `<unknown>` where memory is missing.
    pub fn name(&self) -> String {
        match (self.own_name(), self.inferred_name()) {
            (Ok(Some(name)), _) => name,
            (Ok(None), Ok(Some(inferred))) => alloc::format!("{NO_NAME} (as {inferred})"),
            (Ok(None), _) => alloc::format!("{NO_NAME} (as <anon>)"),
            (Err(_), _) => String::from("<unknown>"),
        }
    }

    /// The script it is from; none for V8's own functions.
    pub fn script(&self) -> Result<Option<Script<'a>>> {
        let script = self.heap.field(self.object, C::SharedScript)?;
        if self.heap.is_heap_object(script) && self.heap.kind(script)? == Kind::Script {
            return Script::new(self.heap, script).map(Some);
        }
        Ok(None)
    }

    /// First and one past the last character of the function's text.
    pub fn range(&self) -> Result<Option<(u64, u64)>> {
        let heap = self.heap;
        if heap.layout.find(C::SharedStartPosition).is_some() {
            // Two flag bits below the position (src/objects.h, StartPositionBits).
            let start = self.int(C::SharedStartPosition)? >> 2;
            let end = self.int(C::SharedEndPosition)?;
            return Ok(u64::try_from(start).ok().zip(u64::try_from(end).ok()));
        }
        if let Some(data) = self.uncompiled() {
            let part = |field| heap.u32(heap.field_addr(data, field)?).map(u64::from);
            return Ok(Some((part(C::UncompiledStart)?, part(C::UncompiledEnd)?)));
        }
        Ok(self.scope_info()?.map(|scope| scope.positions()).transpose()?.flatten())
    }

    /// Where the definition begins: the word `function` if there is one, else
    /// the parameter list.
    pub fn position(&self) -> Result<Option<u64>> {
        let heap = self.heap;
        let Some((start, _)) = self.range()? else { return Ok(None) };
        if heap.layout.find(C::SharedTokenPosition).is_some() {
            let token = self.int(C::SharedTokenPosition)?;
            return Ok(Some(u64::try_from(token).unwrap_or(start)));
        }
        if heap.layout.find(C::SharedTokenOffset).is_some() {
            // src/objects/shared-function-info.h: all ones when unknown.
            let offset = heap.u16(heap.field_addr(self.object, C::SharedTokenOffset)?)?;
            if offset != u16::MAX {
                return Ok(Some(start.saturating_sub(offset.into())));
            }
        }
        Ok(Some(start))
    }

    /// Declared parameters, receiver excluded; none where calls are not
    /// adapted to them.
    pub fn formal_parameters(&self) -> Result<Option<u64>> {
        let heap = self.heap;
        let count = if heap.layout.find(C::SharedFormals16).is_some() {
            let count = heap.u16(heap.field_addr(self.object, C::SharedFormals16)?)?;
            // kDontAdaptArgumentsSentinel: 0 with the receiver counted, else all ones.
            let receiver = u16::from(heap.layout.is(C::FormalsReceiver));
            match count.checked_sub(receiver) {
                Some(n) if count != u16::MAX => Some(u64::from(n)),
                _ => None,
            }
        } else {
            u64::try_from(self.int(C::SharedFormalsSmi)?).ok()
        };
        Ok(count.filter(|n| *n < 65535))
    }

    /// File and line.
    pub fn definition(&self) -> Result<Definition> {
        let Some(script) = self.script()? else {
            return Ok(Definition { file: None, builtin: true, location: None });
        };
        let location = self.position()?.map(|position| script.locate(position));
        Ok(Definition { file: script.name()?, builtin: false, location })
    }

    /// Whether it is one of V8's own.
    pub fn is_builtin(&self) -> bool {
        matches!(self.script(), Ok(None))
    }

    /// Whether it is one of V8's own, in whatever language: those in JavaScript
    /// have scripts named after V8's files.
    pub fn is_native(&self) -> bool {
        match self.script() {
            Ok(Some(script)) => {
                script.name().is_ok_and(|name| name.is_some_and(|name| name.starts_with("native ")))
            }
            Ok(None) => true,
            Err(_) => false,
        }
    }

    /// The error for a function that has no script.
    pub fn no_script(&self) -> Error {
        Error::WrongType {
            object: self.object,
            found: "builtin function".into(),
            expected: "function with a script",
        }
    }
}
