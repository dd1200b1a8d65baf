//! Instance types: their numbers, class names, and what the module does with them.

use super::constants::{Constants, Origin};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// What kind of heap object an instance type is, as far as decoding differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    String,
    Symbol,
    HeapNumber,
    BigInt,
    Oddball,
    Hole,
    Map,
    Code,
    FixedArray,
    FixedDoubleArray,
    ByteArray,
    BytecodeArray,
    Context,
    ScopeInfo,
    SharedFunctionInfo,
    UncompiledData,
    Script,
    AccessorPair,
    AccessorInfo,
    PropertyCell,
    FeedbackCell,
    ContextCell,
    // JavaScript objects from here on.
    Object,
    Array,
    Arguments,
    Function,
    BoundFunction,
    Date,
    RegExp,
    Error,
    MapCollection,
    SetCollection,
    WeakCollection,
    WeakRef,
    Generator,
    Promise,
    Proxy,
    TypedArray,
    DataView,
    ArrayBuffer,
    Wrapper,
    Global,
    /// Anything else.
    Other,
}

impl Kind {
    /// Whether objects of this kind have properties.
    pub fn is_js_object(self) -> bool {
        self >= Kind::Object && self != Kind::Other && self != Kind::Proxy
    }

    /// Whether objects of this kind are what V8 makes of a script.
    pub fn is_code(self) -> bool {
        matches!(
            self,
            Kind::Code
                | Kind::BytecodeArray
                | Kind::SharedFunctionInfo
                | Kind::ScopeInfo
                | Kind::UncompiledData
                | Kind::Script
                | Kind::FeedbackCell
        )
    }

    fn of_class(class: &str) -> Kind {
        match class {
            "Symbol" => Kind::Symbol,
            "HeapNumber" | "MutableHeapNumber" => Kind::HeapNumber,
            "BigInt" | "BigIntBase" => Kind::BigInt,
            "Oddball" => Kind::Oddball,
            "Hole" => Kind::Hole,
            "Map" => Kind::Map,
            "Code" => Kind::Code,
            "FixedArray"
            | "HashTable"
            | "OrderedHashTable"
            | "NameDictionary"
            | "NumberDictionary"
            | "GlobalDictionary"
            | "ObjectHashTable"
            | "ClosureFeedbackCellArray"
            | "ScriptContextTable"
            | "PropertyArray" => Kind::FixedArray,
            "FixedDoubleArray" => Kind::FixedDoubleArray,
            "ByteArray" | "TrustedByteArray" => Kind::ByteArray,
            "BytecodeArray" => Kind::BytecodeArray,
            "Context" | "NativeContext" => Kind::Context,
            "ScopeInfo" => Kind::ScopeInfo,
            "SharedFunctionInfo" => Kind::SharedFunctionInfo,
            "Script" => Kind::Script,
            "AccessorPair" => Kind::AccessorPair,
            "AccessorInfo" | "ExecutableAccessorInfo" | "Foreign" => Kind::AccessorInfo,
            "PropertyCell" | "JSGlobalPropertyCell" => Kind::PropertyCell,
            "FeedbackCell" => Kind::FeedbackCell,
            "ContextCell" => Kind::ContextCell,
            "JSArray" => Kind::Array,
            "JSArgumentsObject" => Kind::Arguments,
            "JSFunction" => Kind::Function,
            "JSBoundFunction" => Kind::BoundFunction,
            "JSDate" => Kind::Date,
            "JSRegExp" => Kind::RegExp,
            "JSError" => Kind::Error,
            "JSMap" => Kind::MapCollection,
            "JSSet" => Kind::SetCollection,
            "JSWeakMap" | "JSWeakSet" => Kind::WeakCollection,
            "JSWeakRef" => Kind::WeakRef,
            "JSGeneratorObject" | "JSAsyncGeneratorObject" | "JSAsyncFunctionObject" => {
                Kind::Generator
            }
            "JSPromise" => Kind::Promise,
            "JSProxy" | "JSFunctionProxy" => Kind::Proxy,
            "JSTypedArray" => Kind::TypedArray,
            "JSDataView" | "JSRabGsabDataView" => Kind::DataView,
            "JSArrayBuffer" => Kind::ArrayBuffer,
            "JSPrimitiveWrapper" | "JSValue" => Kind::Wrapper,
            "JSGlobalObject" | "JSGlobalProxy" | "JSBuiltinsObject" => Kind::Global,
            _ if class.starts_with("UncompiledData") => Kind::UncompiledData,
            _ if class.ends_with("String") => Kind::String,
            _ if class.starts_with("JS") => Kind::Object,
            // WasmModuleObject, WasmMemoryObject and so on are what scripts see.
            _ if class.starts_with("Wasm") && class.ends_with("Object") => Kind::Object,
            _ => Kind::Other,
        }
    }
}

/// One instance type.
#[derive(Debug, Clone)]
pub struct TypeInfo {
    /// Number.
    pub number: u16,
    /// Class, as V8 calls it.
    pub class: String,
    /// What the module does with it.
    pub kind: Kind,
}

/// The instance types of a layout.
#[derive(Debug, Default)]
pub struct Types {
    by_number: Vec<TypeInfo>,
    /// Place of each number in that list, counted from one; 0 for those that are not.
    places: Vec<u32>,
    functions: Option<(u16, u16)>,
    contexts: Option<(u16, u16)>,
    first_object: Option<u16>,
}

/// Whether `FOO_BAR_TYPE` is the number of the class `FooBar`.
fn is_namesake(class: &str, symbol: &str) -> bool {
    let letters = symbol.trim_end_matches("_TYPE").bytes().filter(|byte| *byte != b'_');
    letters.eq(class.bytes().map(|byte| byte.to_ascii_uppercase()))
}

impl Types {
    /// Collects `type_CLASS__ENUM` constants.
    pub fn new(
        constants: &Constants,
        functions: Option<(u16, u16)>,
        contexts: Option<(u16, u16)>,
    ) -> Types {
        let mut named: Vec<((bool, bool), TypeInfo)> = constants
            .family("type_")
            .filter_map(|(name, constant)| {
                let (class, symbol) = name.split_once("__")?;
                let number = u16::try_from(constant.value).ok()?;
                let info =
                    TypeInfo { number, class: class.to_owned(), kind: Kind::of_class(class) };
                // A number that the target has is not what a table for a
                // neighbouring line takes it for.
                let foreign = matches!(constant.origin, Origin::Supplement(_));
                Some(((!is_namesake(class, symbol), foreign), info))
            })
            .collect();
        // Some releases give a number two classes, SYMBOL_TYPE to strings too:
        // the one that is called like the number is right, even if the target
        // knows only the other.
        named.sort_by_key(|(rank, info)| (info.number, *rank));
        named.dedup_by_key(|(_, info)| info.number);
        let mut by_number: Vec<TypeInfo> = named.into_iter().map(|(_, info)| info).collect();
        // Objects made from API templates have types of their own that
        // metadata does not list; they lie among those of JS classes.
        // Cells of global properties (V8 3) are called like them.
        let is_object = |t: &&TypeInfo| t.class.starts_with("JS") && t.kind != Kind::PropertyCell;
        let first_object = by_number.iter().filter(is_object).map(|t| t.number).min();
        for info in &mut by_number {
            // Some of WebAssembly's own records are named like its objects.
            let is_record = first_object.is_none_or(|first| info.number < first);
            if info.kind == Kind::Object && is_record {
                info.kind = Kind::Other;
            }
        }
        let numbers = by_number.last().map_or(0, |last| usize::from(last.number) + 1);
        let mut places = vec![0; numbers];
        for (place, info) in (1..).zip(&by_number) {
            places[usize::from(info.number)] = place;
        }
        Types { by_number, places, functions, contexts, first_object }
    }

    /// Every listed type, by number.
    pub fn iter(&self) -> impl Iterator<Item = &TypeInfo> {
        self.by_number.iter()
    }

    /// The number of a class; the lowest one when it has several.
    pub fn number_of(&self, class: &str) -> Option<u16> {
        self.by_number.iter().find(|t| t.class == class).map(|t| t.number)
    }

    /// The listed type of this number.
    fn listed(&self, number: u16) -> Option<&TypeInfo> {
        let place = *self.places.get(usize::from(number))?;
        self.by_number.get((place as usize).checked_sub(1)?)
    }

    /// Whether metadata lists this type, or a range it lies in.
    pub fn is_listed(&self, number: u16) -> bool {
        let within = |range: Option<(u16, u16)>| {
            range.is_some_and(|(first, last)| (first..=last).contains(&number))
        };
        self.listed(number).is_some() || within(self.functions) || within(self.contexts)
    }

    /// Kind and class name of an instance type.
    pub fn lookup(&self, number: u16) -> (Kind, Option<&str>) {
        if let Some(listed) = self.listed(number) {
            return (listed.kind, Some(&listed.class));
        }
        let within =
            |range: Option<(u16, u16)>| range.is_some_and(|(a, b)| (a..=b).contains(&number));
        if within(self.functions) {
            (Kind::Function, Some("JSFunction"))
        } else if within(self.contexts) {
            (Kind::Context, Some("Context"))
        } else if self.first_object.is_some_and(|first| number >= first) {
            (Kind::Object, Some("JSObject"))
        } else {
            (Kind::Other, None)
        }
    }
}
