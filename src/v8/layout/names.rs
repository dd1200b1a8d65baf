//! The constants of a layout: one row each, with every spelling it had.
//!
//! A spelling is the name of a metadata symbol without `v8dbg_`. For a class
//! field it stops before the type suffix, which changed often; `:TYPE` at its
//! end asks for that one suffix, where the type decides how to read the field.
//! Names that no release carries as symbols (marked `+`) come from `configs/`.
//! Source of the spellings: the symbols of the releases 0.10 to 26.

macro_rules! constants {
    ($($(#[$doc:meta])* $id:ident = $name:literal [$($spelling:literal),* $(,)?];)*) => {
        /// A constant of the layout.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum C { $($(#[$doc])* $id,)* }

        /// One row of the table of constants.
        pub struct Row {
            /// Which constant.
            pub id: C,
            /// Name in messages and in `::v8cfg`.
            pub name: &'static str,
            /// Spellings, newest first.
            pub spellings: &'static [&'static str],
        }

        /// Every constant, in the order of [`C`].
        pub static ROWS: &[Row] = &[$(Row { id: C::$id, name: $name, spellings: &[$($spelling),*] },)*];
    };
}

constants! {
    // --- Tagged words
    /// Tag of a small integer.
    SmiTag = "SmiTag" ["SmiTag"];
    /// Bits of that tag.
    SmiTagMask = "SmiTagMask" ["SmiTagMask"];
    /// Width of the tag.
    SmiValueShift = "SmiValueShift" ["SmiValueShift"];
    /// Further bits below the integer: 31 or 0.
    SmiShiftSize = "SmiShiftSize" ["SmiShiftSize"];
    /// Tag of an object pointer.
    HeapObjectTag = "HeapObjectTag" ["HeapObjectTag"];
    /// Bits of that tag.
    HeapObjectTagMask = "HeapObjectTagMask" ["HeapObjectTagMask"];
    /// Tag of a Failure (V8 < 3.28).
    FailureTag = "FailureTag" ["FailureTag"];
    /// Bits of that tag.
    FailureTagMask = "FailureTagMask" ["FailureTagMask"];
    /// Bytes of a tagged field, as a power of two; 2 on a 64-bit target means pointer compression.
    TaggedSizeLog2 = "TaggedSizeLog2" ["TaggedSizeLog2", "PointerSizeLog2"];

    // --- Strings
    /// Hash of a name, where that tells V8's own empty name from the other (V8 < 5).
    NameHash = "+Name.hash_field" ["class_Name__hash_field"];
    /// Type bits that are zero in strings.
    IsNotStringMask = "IsNotStringMask" ["IsNotStringMask"];
    /// Value of those bits in strings.
    StringTag = "StringTag" ["StringTag"];
    /// Type bits that tell the encoding.
    StringEncodingMask = "StringEncodingMask" ["StringEncodingMask"];
    /// Value of those bits for one byte a character.
    OneByteStringTag = "OneByteStringTag" ["OneByteStringTag", "AsciiStringTag"];
    /// Type bits that tell the representation.
    StringRepresentationMask = "StringRepresentationMask" ["StringRepresentationMask"];
    /// Sequential characters.
    SeqStringTag = "SeqStringTag" ["SeqStringTag"];
    /// Concatenation.
    ConsStringTag = "ConsStringTag" ["ConsStringTag"];
    /// Characters outside the heap.
    ExternalStringTag = "ExternalStringTag" ["ExternalStringTag"];
    /// Part of another string.
    SlicedStringTag = "SlicedStringTag" ["SlicedStringTag"];
    /// Forward to an internalized string.
    ThinStringTag = "ThinStringTag" ["ThinStringTag"];
    /// Type bit of an external string without a cached data pointer.
    UncachedExternalMask = "+string_uncached_external_mask" ["string_uncached_external_mask"];
    /// Length as a small integer.
    StringLengthSmi = "String.length (SMI)" ["class_String__length:SMI"];
    /// Length as a 32-bit integer.
    StringLengthInt = "String.length (int32_t)" ["class_String__length:int32_t"];
    /// Characters of a one-byte string.
    SeqOneByteChars = "SeqOneByteString.chars" ["class_SeqOneByteString__chars", "class_SeqAsciiString__chars"];
    /// Characters of a two-byte string.
    SeqTwoByteChars = "SeqTwoByteString.chars" ["class_SeqTwoByteString__chars"];
    /// Left part.
    ConsFirst = "ConsString.first" ["class_ConsString__first", "class_ConsString__first_offset"];
    /// Right part.
    ConsSecond = "ConsString.second" ["class_ConsString__second", "class_ConsString__second_offset"];
    /// String that a slice is a part of.
    SlicedParent = "SlicedString.parent" ["class_SlicedString__parent"];
    /// First character of the slice.
    SlicedOffset = "SlicedString.offset" ["class_SlicedString__offset", "class_SlicedString__offset_offset"];
    /// String behind a thin string.
    ThinActual = "ThinString.actual" ["class_ThinString__actual", "class_ThinString__actual_offset"];
    /// C++ object that owns the characters.
    ExternalResource = "ExternalString.resource" ["class_ExternalString__resource"];
    /// Cached pointer to the characters.
    ExternalData = "+ExternalString.resource_data" ["class_ExternalString__resource_data"];
    /// Description of a symbol.
    SymbolName = "Symbol.description" ["class_Symbol__description", "class_Symbol__name"];
    /// Flags of a symbol.
    SymbolFlags = "+Symbol.flags" ["class_Symbol__flags"];
    /// Flag of symbols that scripts cannot see.
    SymbolPrivateMask = "+symbol_private_mask" ["symbol_private_mask"];

    // --- Numbers and oddballs
    /// The double of a heap number.
    HeapNumberValue = "HeapNumber.value" ["class_HeapNumber__value"];
    /// Sign and length of a BigInt.
    BigIntBitfield = "+BigInt.bitfield" ["class_BigInt__bitfield"];
    /// Digits of a BigInt.
    BigIntDigits = "+BigInt.digits" ["class_BigInt__digits"];
    /// Text of an oddball.
    OddballToString = "Oddball.to_string" ["class_Oddball__to_string"];
    /// Which oddball it is.
    OddballKind = "Oddball.kind" ["class_Oddball__kind", "class_Oddball__kind_offset"];
    /// `false`.
    OddballFalse = "OddballFalse" ["OddballFalse"];
    /// `true`.
    OddballTrue = "OddballTrue" ["OddballTrue"];
    /// The hole.
    OddballTheHole = "OddballTheHole" ["OddballTheHole"];
    /// `null`.
    OddballNull = "OddballNull" ["OddballNull"];
    /// `undefined`.
    OddballUndefined = "OddballUndefined" ["OddballUndefined"];
    /// Bits of the NaN that stands for a hole among doubles.
    DoubleHole = "+double_hole_nan" ["double_hole_nan"];

    // --- Maps
    /// Map of an object.
    HeapObjectMap = "HeapObject.map" ["class_HeapObject__map"];
    /// Instance size in words.
    MapInstanceSize = "Map.instance_size" ["class_Map__instance_size_in_words", "class_Map__instance_size"];
    /// First in-object property, in words (V8 >= 6.8).
    MapInobjectStart = "Map.inobject_properties_start"
        ["class_Map__inobject_properties_start_or_constructor_function_index"];
    /// Number of in-object properties (V8 < 6.8).
    MapInobjectCount = "Map.inobject_properties"
        ["class_Map__inobject_properties_or_constructor_function_index", "class_Map__inobject_properties"];
    /// Instance type, 16 bits (V8 >= 6.8).
    MapInstanceType = "Map.instance_type" ["class_Map__instance_type"];
    /// Instance type, 8 bits (V8 < 6.8).
    MapInstanceAttributes = "Map.instance_attributes" ["class_Map__instance_attributes"];
    /// First bit field.
    MapBitField = "+Map.bit_field" ["class_Map__bit_field"];
    /// Bit of the first bit field that marks a prototype scripts do not see.
    HiddenPrototypeBit = "+map_is_hidden_prototype_bit" ["map_is_hidden_prototype_bit"];
    /// Second bit field: elements kind.
    MapBitField2 = "Map.bit_field2" ["class_Map__bit_field2"];
    /// Third bit field as a 32-bit integer.
    MapBitField3Int = "Map.bit_field3 (int)" ["class_Map__bit_field3:int"];
    /// Third bit field as a small integer.
    MapBitField3Smi = "Map.bit_field3 (SMI)" ["class_Map__bit_field3:SMI"];
    /// Prototype of instances.
    MapPrototype = "Map.prototype" ["class_Map__prototype"];
    /// Constructor, or the map this one was derived from.
    MapConstructor = "Map.constructor_or_back_pointer"
        ["class_Map__constructor_or_back_pointer", "class_Map__constructor_or_backpointer", "class_Map__constructor"];
    /// Descriptors of properties.
    MapDescriptors = "Map.instance_descriptors"
        ["class_Map__instance_descriptors_offset", "class_Map__instance_descriptors"];
    /// Which fields are raw doubles (V8 4.5 to 8.4).
    MapLayoutDescriptor = "Map.layout_descriptor" ["class_Map__layout_descriptor"];
    /// Bit that marks dictionary-mode properties.
    DictionaryMapShift = "bit_field3_is_dictionary_map_shift"
        ["bit_field3_is_dictionary_map_shift", "bit_field3_dictionary_map_shift"];
    /// Bits of the number of own descriptors.
    OwnDescriptorsMask = "bit_field3_number_of_own_descriptors_mask"
        ["bit_field3_number_of_own_descriptors_mask"];
    /// Shift of those bits.
    OwnDescriptorsShift = "bit_field3_number_of_own_descriptors_shift"
        ["bit_field3_number_of_own_descriptors_shift"];
    /// Bit of the second bit field that marks plain elements (V8 < 3.3).
    FastElementsBit = "+map_has_fast_elements_bit" ["map_has_fast_elements_bit"];
    /// Bits of the elements kind.
    ElementsKindMask = "bit_field2_elements_kind_mask" ["bit_field2_elements_kind_mask"];
    /// Shift of those bits.
    ElementsKindShift = "bit_field2_elements_kind_shift"
        ["bit_field2_elements_kind_shift", "elements_kind_shift"];

    // --- Properties
    /// First word of entries, when descriptors are an object of their own.
    DescriptorHeaderSize = "DescriptorArray.header_size" ["class_DescriptorArray__header_size"];
    /// First entry, when descriptors are a FixedArray.
    PropIdxFirst = "prop_idx_first" ["prop_idx_first"];
    /// Element of a descriptor array that has the values and details apart from
    /// the keys (V8 < 3.8).
    PropIdxContent = "prop_idx_content" ["prop_idx_content"];
    /// Word of the key within an entry.
    PropDescKey = "prop_desc_key" ["prop_desc_key"];
    /// Word of the details.
    PropDescDetails = "prop_desc_details" ["prop_desc_details"];
    /// Word of the value.
    PropDescValue = "prop_desc_value" ["prop_desc_value"];
    /// Words of an entry.
    PropDescSize = "prop_desc_size" ["prop_desc_size"];
    /// Bits of the property type (V8 < 6).
    PropTypeMask = "prop_type_mask" ["prop_type_mask"];
    /// Type of a field (V8 < 6).
    PropTypeField = "prop_type_field" ["prop_type_field"];
    /// Type of an accessor (V8 < 6).
    PropTypeCallbacks = "+prop_type_callbacks" ["prop_type_callbacks"];
    /// First type that is no property (V8 < 3.28).
    PropTypeFirstPhantom = "prop_type_first_phantom" ["prop_type_first_phantom"];
    /// Bits of the property kind.
    PropKindMask = "prop_kind_mask" ["prop_kind_mask"];
    /// Kind of an accessor.
    PropKindAccessor = "prop_kind_Accessor" ["prop_kind_Accessor"];
    /// Bits of the location.
    PropLocationMask = "prop_location_mask" ["prop_location_mask"];
    /// Shift of those bits.
    PropLocationShift = "prop_location_shift" ["prop_location_shift"];
    /// Location in the object, not in the descriptors.
    PropLocationField = "prop_location_Field" ["prop_location_Field"];
    /// Bits of the representation.
    PropRepresentationMask = "prop_representation_mask" ["prop_representation_mask"];
    /// Shift of those bits.
    PropRepresentationShift = "prop_representation_shift" ["prop_representation_shift"];
    /// Representation of a double.
    PropRepresentationDouble = "prop_representation_double" ["prop_representation_double"];
    /// Bits of the field index.
    PropIndexMask = "prop_index_mask" ["prop_index_mask"];
    /// Shift of those bits.
    PropIndexShift = "prop_index_shift" ["prop_index_shift"];
    /// Shift of the attributes.
    PropAttributesShift = "prop_attributes_shift" ["prop_attributes_shift"];
    /// Words before the entries of a name dictionary, after its three counts.
    NameDictPrefix = "namedictionaryshape_prefix_size"
        ["namedictionaryshape_prefix_size", "class_NameDictionaryShape__prefix_size", "class_StringDictionaryShape__prefix_size"];
    /// Words of an entry of a name dictionary.
    NameDictEntry = "namedictionaryshape_entry_size"
        ["namedictionaryshape_entry_size", "class_NameDictionaryShape__entry_size", "class_StringDictionaryShape__entry_size"];
    /// Words before the entries of a number dictionary.
    NumberDictPrefix = "numberdictionaryshape_prefix_size"
        ["numberdictionaryshape_prefix_size", "class_SeededNumberDictionaryShape__prefix_size"];
    /// Words of an entry of a number dictionary.
    NumberDictEntry = "numberdictionaryshape_entry_size"
        ["numberdictionaryshape_entry_size", "class_NumberDictionaryShape__entry_size"];
    /// Words of an entry of a global object's dictionary.
    GlobalDictEntry = "globaldictionaryshape_entry_size" ["globaldictionaryshape_entry_size"];
    /// Shift of the insertion number in the details of a dictionary entry.
    DictIndexShift = "+dict_details_index_shift" ["dict_details_index_shift"];
    /// Shift of the same number in the details of a descriptor, where descriptors
    /// are in another order (V8 < 3.14).
    DescIndexShift = "+prop_desc_index_shift" ["prop_desc_index_shift"];
    /// Properties outside the object.
    Properties = "JSReceiver.properties"
        ["class_JSReceiver__raw_properties_or_hash", "class_JSReceiver__properties", "class_JSObject__properties"];
    /// Numeric properties.
    Elements = "JSObject.elements" ["class_JSObject__elements"];
    /// Bits that pointers in embedder fields are shifted by (V8 < 3.28, 64-bit).
    EmbedderPointerShift = "+embedder_pointer_shift" ["embedder_pointer_shift"];
    /// What an object of the API is to C++ garbage collection (V8 >= 13).
    ApiObjectWrappable = "+JSAPIObjectWithEmbedderSlots.cpp_heap_wrappable"
        ["class_JSAPIObjectWithEmbedderSlots__cpp_heap_wrappable"];
    /// Value of a property cell.
    PropertyCellValue = "PropertyCell.value" ["class_PropertyCell__value", "class_JSGlobalPropertyCell__value"];
    /// Name in a property cell.
    PropertyCellName = "+PropertyCell.name" ["class_PropertyCell__name"];
    /// Getter of a pair.
    AccessorGetter = "AccessorPair.getter" ["class_AccessorPair__getter"];
    /// Setter of a pair.
    AccessorSetter = "AccessorPair.setter" ["class_AccessorPair__setter"];

    // --- Arrays
    /// Length of a backing array.
    FixedArrayLength = "FixedArrayBase.length" ["class_FixedArrayBase__length", "class_FixedArray__length"];
    /// First word of a backing array.
    FixedArrayData = "FixedArray.data" ["class_FixedArray__data"];
    /// Bits of the length word of a PropertyArray that are its length.
    PropertyArrayLengthMask = "+property_array_length_mask" ["property_array_length_mask"];
    /// Bits of the length of a Context in its word.
    ContextLengthMask = "+context_length_mask" ["context_length_mask"];
    /// Length of an array.
    ArrayLength = "JSArray.length" ["class_JSArray__length"];
    /// Elements kind of a dictionary.
    ElementsDictionary = "elements_dictionary_elements" ["elements_dictionary_elements"];
    /// Elements kind of packed tagged values.
    ElementsFast = "elements_fast_elements" ["elements_fast_elements"];
    /// Elements kind of packed doubles.
    ElementsDouble = "+elements_double_elements" ["elements_double_elements"];
    /// Elements kind of holey doubles.
    ElementsHoleyDouble = "+elements_holey_double_elements" ["elements_holey_double_elements"];
    /// Elements kind of mapped arguments over a fast array.
    ElementsFastSloppy = "+elements_fast_sloppy_arguments" ["elements_fast_sloppy_arguments"];
    /// Elements kind of mapped arguments over a dictionary.
    ElementsSlowSloppy = "+elements_slow_sloppy_arguments" ["elements_slow_sloppy_arguments"];
    /// Elements kind of the object of a boxed string.
    ElementsFastStringWrapper = "+elements_fast_string_wrapper" ["elements_fast_string_wrapper"];
    /// The same over a dictionary.
    ElementsSlowStringWrapper = "+elements_slow_string_wrapper" ["elements_slow_string_wrapper"];

    // --- Functions
    /// What all closures of a function share.
    FunctionShared = "JSFunction.shared" ["class_JSFunction__shared"];
    /// Variables a closure captured.
    FunctionContext = "JSFunction.context" ["class_JSFunction__context"];
    /// Code of a function.
    FunctionCode = "JSFunction.code" ["class_JSFunction__code", "class_JSFunction__raw_code"];
    /// Address of a function's first instruction (V8 < 6.1).
    FunctionCodeEntry = "JSFunction.code_entry" ["class_JSFunction__code_entry"];
    /// Number that stands for the code in a dispatch table (V8 >= 13).
    FunctionDispatchHandle = "+JSFunction.dispatch_handle" ["class_JSFunction__dispatch_handle"];
    /// Prototype of instances, or their first map.
    FunctionPrototype = "JSFunction.prototype_or_initial_map" ["class_JSFunction__prototype_or_initial_map"];
    /// Bound arguments of old bound functions: [target, this, arguments...].
    FunctionBindings = "JSFunction.literals_or_bindings"
        ["class_JSFunction__literals_or_bindings", "class_JSFunction__literals"];
    /// Code of a function that is not optimized (V8 < 6).
    SharedCode = "SharedFunctionInfo.code" ["class_SharedFunctionInfo__code"];
    /// Name, or the ScopeInfo that has it.
    SharedName = "SharedFunctionInfo.name"
        ["class_SharedFunctionInfo__name_or_scope_info", "class_SharedFunctionInfo__raw_name", "class_SharedFunctionInfo__name"];
    /// Script a function is from.
    SharedScript = "SharedFunctionInfo.script"
        ["class_SharedFunctionInfo__script", "class_SharedFunctionInfo__script_or_debug_info"];
    /// Bytecode, builtin id, or data of uncompiled functions.
    SharedFunctionData = "SharedFunctionInfo.function_data"
        ["class_SharedFunctionInfo__function_data", "class_SharedFunctionInfo__untrusted_function_data"];
    /// Bytecode (V8 >= 13).
    SharedTrustedData = "+SharedFunctionInfo.trusted_function_data"
        ["class_SharedFunctionInfo__trusted_function_data"];
    /// Name derived from the code around.
    SharedInferredName = "SharedFunctionInfo.inferred_name"
        ["class_SharedFunctionInfo__inferred_name", "class_SharedFunctionInfo__function_identifier"];
    /// ScopeInfo of its own.
    SharedScopeInfo = "SharedFunctionInfo.scope_info" ["class_SharedFunctionInfo__scope_info"];
    /// Declared parameters, 16 bits.
    SharedFormals16 = "SharedFunctionInfo.internal_formal_parameter_count (uint16_t)"
        ["class_SharedFunctionInfo__internal_formal_parameter_count:uint16_t"];
    /// Declared parameters, in the form of old integers.
    SharedFormalsSmi = "SharedFunctionInfo.formal_parameter_count"
        ["class_SharedFunctionInfo__internal_formal_parameter_count:int",
         "class_SharedFunctionInfo__internal_formal_parameter_count:SMI",
         "class_SharedFunctionInfo__formal_parameter_count"];
    /// Start of a function and two flags (V8 < 7).
    SharedStartPosition = "SharedFunctionInfo.start_position_and_type"
        ["class_SharedFunctionInfo__start_position_and_type"];
    /// End of a function.
    SharedEndPosition = "SharedFunctionInfo.end_position" ["class_SharedFunctionInfo__end_position"];
    /// Place of the word `function`.
    SharedTokenPosition = "SharedFunctionInfo.function_token_position"
        ["class_SharedFunctionInfo__function_token_position"];
    /// Distance from that word to the start.
    SharedTokenOffset = "SharedFunctionInfo.raw_function_token_offset"
        ["class_SharedFunctionInfo__raw_function_token_offset"];
    /// 1 when position integers are packed in halves of words (64-bit, V8 < 5.8).
    SharedPackedInts = "+shared_function_info_packed_ints" ["shared_function_info_packed_ints"];
    /// Flags of a function (V8 < 7).
    SharedCompilerHints = "SharedFunctionInfo.compiler_hints" ["class_SharedFunctionInfo__compiler_hints"];
    /// Bit of those flags that marks a bound function.
    HintBoundFunction = "+compiler_hint_bound_function" ["compiler_hint_bound_function"];
    /// Name of an uncompiled function.
    UncompiledInferredName = "UncompiledData.inferred_name" ["class_UncompiledData__inferred_name"];
    /// Start of an uncompiled function.
    UncompiledStart = "UncompiledData.start_position" ["class_UncompiledData__start_position"];
    /// End of an uncompiled function.
    UncompiledEnd = "UncompiledData.end_position" ["class_UncompiledData__end_position"];
    /// Flags of a function (V8 >= 7); the lowest five bits are its kind.
    SharedFlags = "SharedFunctionInfo.flags" ["class_SharedFunctionInfo__flags"];
    /// Kind of the function that initializes the fields of instances.
    KindMembersInitializer = "+function_kind_members_initializer" ["function_kind_members_initializer"];
    /// Kind of the function that runs the static blocks of a class.
    KindStaticInitializer = "+function_kind_static_initializer" ["function_kind_static_initializer"];
    /// Bound function: what it calls.
    BoundTarget = "JSBoundFunction.bound_target_function" ["class_JSBoundFunction__bound_target_function"];
    /// Bound function: its receiver.
    BoundThis = "JSBoundFunction.bound_this" ["class_JSBoundFunction__bound_this"];
    /// Bound function: its first arguments.
    BoundArguments = "JSBoundFunction.bound_arguments" ["class_JSBoundFunction__bound_arguments"];

    // --- Scripts
    /// Source text.
    ScriptSource = "Script.source" ["class_Script__source"];
    /// File name.
    ScriptName = "Script.name" ["class_Script__name"];
    /// Ends of lines, once computed.
    ScriptLineEnds = "Script.line_ends" ["class_Script__line_ends"];
    /// Lines before the script in its file.
    ScriptLineOffset = "Script.line_offset" ["class_Script__line_offset"];

    /// Names of the parameters of a script that is the body of a function (V8 >= 6.8);
    /// of an `eval`, the function around it.
    ScriptWrapped = "Script.eval_from_shared_or_wrapped_arguments"
        ["class_Script__eval_from_shared_or_wrapped_arguments_or_sfi_table",
         "class_Script__eval_from_shared_or_wrapped_arguments"];

    // --- Scopes
    /// First word of a ScopeInfo.
    ScopeInfoBase = "+scopeinfo_base" ["scopeinfo_base"];
    /// 1 when the flags are a raw integer.
    ScopeInfoRawFlags = "+scopeinfo_raw_flags" ["scopeinfo_raw_flags"];
    /// Word of the parameter count.
    ScopeInfoParams = "scopeinfo_idx_nparams" ["scopeinfo_idx_nparams"];
    /// Word of the stack local count.
    ScopeInfoStackLocals = "scopeinfo_idx_nstacklocals" ["scopeinfo_idx_nstacklocals"];
    /// Word of the context local count.
    ScopeInfoContextLocals = "scopeinfo_idx_ncontextlocals" ["scopeinfo_idx_ncontextlocals"];
    /// First word of the variable part.
    ScopeInfoFirstVars = "scopeinfo_idx_first_vars" ["scopeinfo_idx_first_vars"];
    /// Words before the names of stack locals.
    ScopeInfoStackOffset = "scopeinfo_offset_stack_locals" ["scopeinfo_offset_stack_locals"];
    /// 1 when names of parameters come first.
    ScopeInfoParamNames = "+scopeinfo_parameter_names" ["scopeinfo_parameter_names"];
    /// From so many context locals on their names are in a hash table.
    ScopeInfoInlineLimit = "+scopeinfo_max_inlined_locals" ["scopeinfo_max_inlined_locals"];
    /// Bits of the scope type.
    ScopeTypeMask = "+scopeinfo_scope_type_mask" ["scopeinfo_scope_type_mask"];
    /// Scope type of modules.
    ScopeTypeModule = "+scopeinfo_scope_type_module" ["scopeinfo_scope_type_module"];
    /// Scope type of functions.
    ScopeTypeFunction = "+scopeinfo_scope_type_function" ["scopeinfo_scope_type_function"];
    /// 1 when modules have a word for their variable count.
    ScopeModuleCount = "+scopeinfo_module_count" ["scopeinfo_module_count"];
    /// Shift of the two bits that tell where the receiver is.
    ScopeReceiverShift = "+scopeinfo_receiver_shift" ["scopeinfo_receiver_shift"];
    /// 1 when a receiver on the stack or in the context takes a word.
    ScopeReceiverWord = "+scopeinfo_receiver_word" ["scopeinfo_receiver_word"];
    /// Bit of a saved class variable.
    ScopeClassVariableShift = "+scopeinfo_class_variable_shift" ["scopeinfo_class_variable_shift"];
    /// Shift of the two bits that tell whether the function's name is a variable.
    ScopeFunctionVariableShift = "+scopeinfo_function_variable_shift" ["scopeinfo_function_variable_shift"];
    /// Bit of an inferred name.
    ScopeInferredShift = "+scopeinfo_inferred_shift" ["scopeinfo_inferred_shift"];
    /// Bit of an outer scope.
    ScopeOuterShift = "+scopeinfo_outer_shift" ["scopeinfo_outer_shift"];
    /// Bit of a context's extension slot.
    ScopeExtensionShift = "+scopeinfo_extension_shift" ["scopeinfo_extension_shift"];
    /// Fixed word of the start position (V8 >= 13).
    ScopeStartWord = "+scopeinfo_idx_start_position" ["scopeinfo_idx_start_position"];
    /// 1 when every scope has positions, not just functions.
    ScopeAllPositions = "+scopeinfo_all_positions" ["scopeinfo_all_positions"];
    /// Slots before the variables of a context.
    ContextMinSlots = "context_min_slots" ["context_min_slots", "context_ncommon"];
    /// Slot of the ScopeInfo.
    ContextScopeInfo = "context_idx_scope_info" ["context_idx_scope_info"];
    /// Slot of the closure (V8 < 6.8).
    ContextClosure = "context_idx_closure" ["context_idx_closure"];
    /// Slot of the extension; contexts of blocks have their ScopeInfo there (V8 < 6.8).
    ContextExtension = "context_idx_ext" ["context_idx_ext"];
    /// Slot of the outer context.
    ContextPrevious = "context_idx_prev" ["context_idx_prev", "context_idx_previous"];
    /// Slot of the native context (V8 4.9 to 7.8).
    ContextNative = "context_idx_native" ["context_idx_native", "class_Context__native_context_index"];
    /// Slot of the global object (V8 < 4.9).
    ContextGlobal = "context_idx_global_object"
        ["context_idx_global_object", "class_Context__global_object_index"];
    /// Value in a context cell.
    ContextCellTagged = "+ContextCell.tagged_value" ["class_ContextCell__tagged_value"];
    /// State of a context cell.
    ContextCellState = "+ContextCell.state" ["class_ContextCell__state"];
    /// Raw number in a context cell.
    ContextCellRaw = "+ContextCell.raw_value" ["class_ContextCell__raw_value"];
    /// First instance type of contexts.
    FirstContextType = "FirstContextType" ["FirstContextType"];
    /// Last one.
    LastContextType = "LastContextType" ["LastContextType"];
    /// First instance type of functions.
    FirstFunctionType = "FirstJSFunctionType" ["FirstJSFunctionType"];
    /// Last one.
    LastFunctionType = "LastJSFunctionType" ["LastJSFunctionType"];

    // --- Stacks of errors
    /// Function of a frame.
    CallSiteFunction = "+CallSiteInfo.function" ["class_CallSiteInfo__function"];
    /// Its bytecode or machine code.
    CallSiteCode = "+CallSiteInfo.code_object" ["class_CallSiteInfo__code_object"];
    /// Where in that it was.
    CallSiteOffset = "+CallSiteInfo.code_offset" ["class_CallSiteInfo__code_offset"];
    /// First word of frames that lie in an array themselves.
    FrameArrayFirst = "+frame_array_first" ["frame_array_first"];
    /// Words of each.
    FrameArrayWords = "+frame_array_words" ["frame_array_words"];
    /// Which of them is the function.
    FrameArrayFunction = "+frame_array_function" ["frame_array_function"];
    /// Which is the code.
    FrameArrayCode = "+frame_array_code" ["frame_array_code"];
    /// Which is where in the code it was.
    FrameArrayOffset = "+frame_array_offset" ["frame_array_offset"];
    /// 1 when offsets in machine code count from the Code object's own address.
    FrameArrayFromObject = "+frame_array_offset_from_object" ["frame_array_offset_from_object"];

    // --- Special objects
    /// Table of a Map, Set or weak collection.
    CollectionTable = "JSCollection.table" ["class_JSCollection__table", "class_JSMap__table"];
    /// Word of the live count in an ordered hash table.
    OrderedElements = "+orderedhash_idx_elements" ["orderedhash_idx_elements"];
    /// Word of the deleted count.
    OrderedDeleted = "+orderedhash_idx_deleted" ["orderedhash_idx_deleted"];
    /// Word of the bucket count.
    OrderedBuckets = "+orderedhash_idx_buckets" ["orderedhash_idx_buckets"];
    /// Value of a date.
    DateValue = "JSDate.value" ["class_JSDate__value"];
    /// 1 when that value is a raw double.
    DateRaw = "+jsdate_value_is_raw" ["jsdate_value_is_raw"];
    /// Source of a regular expression.
    RegExpSource = "JSRegExp.source" ["class_JSRegExp__source"];
    /// Flags of a regular expression.
    RegExpFlags = "JSRegExp.flags" ["class_JSRegExp__flags"];
    /// Data of a regular expression (V8 < 5).
    RegExpData = "JSRegExp.data" ["class_JSRegExp__data"];
    /// Primitive in a wrapper object.
    WrapperValue = "JSPrimitiveWrapper.value" ["class_JSPrimitiveWrapper__value", "class_JSValue__value"];
    /// Value or reason of a promise.
    PromiseResult = "+JSPromise.reactions_or_result" ["class_JSPromise__reactions_or_result", "class_JSPromise__result"];
    /// Flags of a promise; the two lowest bits are its state.
    PromiseFlags = "+JSPromise.flags" ["class_JSPromise__flags"];
    /// What a WeakRef refers to.
    WeakRefTarget = "+JSWeakRef.target" ["class_JSWeakRef__target"];
    /// Module of a namespace object.
    NamespaceModule = "+JSModuleNamespace.module" ["class_JSModuleNamespace__module"];
    /// Exports of a module.
    ModuleExports = "+Module.exports" ["class_Module__exports"];
    /// Function of a generator.
    GeneratorFunction = "JSGeneratorObject.function" ["class_JSGeneratorObject__function"];
    /// Where a generator goes on.
    GeneratorContinuation = "JSGeneratorObject.continuation" ["class_JSGeneratorObject__continuation"];
    /// Continuation of a generator that is finished.
    GeneratorClosed = "+generator_closed" ["generator_closed"];
    /// Continuation of one that is executing.
    GeneratorExecuting = "+generator_executing" ["generator_executing"];
    /// 1 when memory to be used again counts its words, not its bytes.
    FreeSpaceInWords = "+free_space_in_words" ["free_space_in_words"];
    /// Context a generator goes on in: that of its innermost block.
    GeneratorContext = "JSGeneratorObject.context" ["class_JSGeneratorObject__context"];
    /// Receiver of a generator.
    GeneratorReceiver = "JSGeneratorObject.receiver" ["class_JSGeneratorObject__receiver"];
    /// Where in its bytecode a generator is suspended, counted from the tagged start.
    GeneratorPosition = "JSGeneratorObject.input_or_debug_pos" ["class_JSGeneratorObject__input_or_debug_pos"];
    /// What was on the stack of a generator.
    GeneratorRegisters = "JSGeneratorObject.parameters_and_registers" ["class_JSGeneratorObject__parameters_and_registers", "class_JSGeneratorObject__register_file"];
    /// Promise that an async function has returned.
    AsyncFunctionPromise = "+JSAsyncFunctionObject.promise" ["class_JSAsyncFunctionObject__promise"];
    /// What was asked of an async generator, oldest first.
    AsyncGeneratorQueue = "+JSAsyncGeneratorObject.queue" ["class_JSAsyncGeneratorObject__queue"];
    /// Promise for the answer to a request.
    AsyncRequestPromise = "+AsyncGeneratorRequest.promise" ["class_AsyncGeneratorRequest__promise"];
    /// The reaction that was added before.
    ReactionNext = "+PromiseReaction.next" ["class_PromiseReaction__next"];
    /// What is called with the reason.
    ReactionReject = "+PromiseReaction.reject_handler" ["class_PromiseReaction__reject_handler"];
    /// What is called with the value.
    ReactionFulfill = "+PromiseReaction.fulfill_handler" ["class_PromiseReaction__fulfill_handler"];
    /// What `then` has returned.
    ReactionDerived = "+PromiseReaction.promise_or_capability" ["class_PromiseReaction__promise_or_capability"];
    /// Promise of a capability.
    CapabilityPromise = "+PromiseCapability.promise" ["class_PromiseCapability__promise", "class_JSPromiseCapability__promise"];
    /// What is called with the value, where a promise keeps that itself (V8 6).
    PromiseFulfillReactions = "+JSPromise.fulfill_reactions" ["class_JSPromise__fulfill_reactions"];
    /// What is called with the reason there.
    PromiseRejectReactions = "+JSPromise.reject_reactions" ["class_JSPromise__reject_reactions"];
    /// What `then` has returned there.
    PromiseDeferred = "+JSPromise.deferred_promise" ["class_JSPromise__deferred_promise"];
    /// Capability of a module that awaits.
    ModuleCapability = "+SourceTextModule.top_level_capability" ["class_SourceTextModule__top_level_capability"];
    /// Target of a proxy.
    ProxyTarget = "JSProxy.target" ["class_JSProxy__target"];
    /// Handler of a proxy.
    ProxyHandler = "JSProxy.handler" ["class_JSProxy__handler"];
    /// Buffer of a view.
    ViewBuffer = "+JSArrayBufferView.buffer" ["class_JSArrayBufferView__buffer"];
    /// First byte of a view.
    ViewByteOffset = "JSArrayBufferView.byte_offset" ["class_JSArrayBufferView__byte_offset", "class_JSArrayBufferView__raw_byte_offset"];
    /// Bytes of a view.
    ViewByteLength = "JSArrayBufferView.byte_length" ["class_JSArrayBufferView__byte_length", "class_JSArrayBufferView__raw_byte_length"];
    /// Flags of a view: bit 0 when its length is that of a growing buffer.
    ViewFlags = "+JSArrayBufferView.bit_field" ["class_JSArrayBufferView__bit_field"];
    /// Elements of a typed array.
    TypedLength = "JSTypedArray.length" ["class_JSTypedArray__length"];
    /// Address of the elements, less the base.
    TypedExternal = "JSTypedArray.external_pointer" ["class_JSTypedArray__external_pointer"];
    /// Base of elements in the heap.
    TypedBase = "JSTypedArray.base_pointer" ["class_JSTypedArray__base_pointer"];
    /// Address of the elements, less the base, where their store has it (V8 5.1 to 6.8).
    StoreExternal = "FixedTypedArrayBase.external_pointer" ["class_FixedTypedArrayBase__external_pointer"];
    /// Base of elements in the heap, where their store has it.
    StoreBase = "FixedTypedArrayBase.base_pointer" ["class_FixedTypedArrayBase__base_pointer"];
    /// Bytes of a buffer.
    BufferLength = "JSArrayBuffer.byte_length" ["class_JSArrayBuffer__byte_length"];
    /// Address of a buffer's bytes.
    BufferStore = "JSArrayBuffer.backing_store" ["class_JSArrayBuffer__backing_store"];
    /// Distance from the address of the bytes to a buffer's flags.
    BufferFlagsDistance = "+array_buffer_flags_distance" ["array_buffer_flags_distance"];
    /// Flag of a buffer whose bytes were handed on.
    BufferDetachedMask = "+array_buffer_detached_mask" ["array_buffer_detached_mask"];
    /// 1 when lengths of buffers and views are small integers.
    BufferSmiLengths = "+buffer_lengths_are_smis" ["buffer_lengths_are_smis"];
    /// Address of the bytes of an external array (V8 < 5).
    ExternalArrayPointer = "+ExternalArray.external_pointer" ["class_ExternalArray__external_pointer"];
    /// Its length, where that is no small integer (V8 3.1).
    ExternalArrayLength = "+external_array_length_int" ["external_array_length_int"];

    // --- Code
    /// Machine code of a Code object, when it follows the header.
    CodeInstructions = "Code.instruction_start" ["class_Code__instruction_start"];
    /// Bytes of machine code.
    CodeSize = "Code.instruction_size" ["class_Code__instruction_size"];
    /// Machine code of an InstructionStream, after its header.
    StreamInstructions = "InstructionStream.instruction_start" ["class_InstructionStream__instruction_start"];
    /// The Code of an InstructionStream.
    StreamCode = "+InstructionStream.code" ["class_InstructionStream__code"];
    /// Flags of a Code object; its lowest bits are the kind.
    CodeFlags = "Code.flags" ["class_Code__flags"];
    /// Data of optimized code.
    CodeDeoptData = "Code.deoptimization_data" ["class_Code__deoptimization_data"];
    /// Relocation information of machine code, where positions are (V8 < 6).
    CodeRelocation = "Code.relocation_info" ["class_Code__relocation_info"];
    /// Bits of the data of a short record of it that tell what it is.
    RelocTypeBits = "+reloc_type_bits" ["reloc_type_bits"];
    /// Mode of a long distance in it, where long records have modes (V8 5).
    RelocModeJump = "+reloc_mode_pc_jump" ["reloc_mode_pc_jump"];
    /// Mode of code targets with a number.
    RelocModeId = "+reloc_mode_code_target_with_id" ["reloc_mode_code_target_with_id"];
    /// Mode of comments.
    RelocModeComment = "+reloc_mode_comment" ["reloc_mode_comment"];
    /// Mode of positions; that of statements is the next.
    RelocModePosition = "+reloc_mode_position" ["reloc_mode_position"];
    /// Bits of the modes that have an integer.
    RelocModesInt = "+reloc_modes_with_int" ["reloc_modes_with_int"];
    /// Bytecode offsets of baseline code.
    CodeBytecodeOffsets = "Code.bytecode_offset_table"
        ["class_Code__bytecode_offset_table", "class_Code__source_position_table"];
    /// Positions of machine code.
    CodePositions = "Code.source_position_table" ["class_Code__source_position_table"];
    /// Bits of the kind.
    CodeKindMask = "CodeKindFieldMask" ["CodeKindFieldMask"];
    /// Kind of code of the compiler that came before the interpreter (V8 < 6).
    CodeKindFull = "+CodeKindFull" ["CodeKindFull"];
    /// Kind of baseline code.
    CodeKindBaseline = "CodeKindBaseline" ["CodeKindBaseline"];
    /// Kind of Maglev code.
    CodeKindMaglev = "+CodeKindMaglev" ["CodeKindMaglev"];
    /// Kind of TurboFan code.
    CodeKindTurbofan = "+CodeKindTurbofan" ["CodeKindTurbofan"];
    /// Word of the number of inlined functions.
    DeoptInlinedCount = "DeoptimizationDataInlinedFunctionCountIndex"
        ["DeoptimizationDataInlinedFunctionCountIndex"];
    /// Word of the literals; the first ones are the inlined functions.
    DeoptLiterals = "DeoptimizationDataLiteralArrayIndex" ["DeoptimizationDataLiteralArrayIndex"];
    /// Word of the places functions were inlined at.
    DeoptInliningPositions = "DeoptimizationDataInliningPositionsIndex"
        ["DeoptimizationDataInliningPositionsIndex"];
    /// Word of the translations.
    DeoptTranslations = "+DeoptimizationDataTranslationByteArrayIndex"
        ["DeoptimizationDataTranslationByteArrayIndex"];
    /// Word of the first entry, each of which is for a place that code can be left at.
    DeoptFirstEntry = "+DeoptimizationDataFirstEntryIndex" ["DeoptimizationDataFirstEntryIndex"];
    /// Words of an entry: the second is the place of its translation, the last the
    /// return address.
    DeoptEntryWords = "+DeoptimizationDataEntryWords" ["DeoptimizationDataEntryWords"];
    /// Bytes that the return address of an entry may be behind the call's own, where
    /// instructions of the call follow it (V8 < 6).
    DeoptPcSlack = "+deopt_pc_slack" ["deopt_pc_slack"];
    /// Numbers of operands of the opcodes of translations: four bits each, from 0 on.
    TranslationOperands = "+translation_operands" ["translation_operands"];
    /// The same from opcode 16 on.
    TranslationOperands16 = "+translation_operands_16" ["translation_operands_16"];
    /// Bits of the opcodes of frames of JavaScript.
    TranslationFrames = "+translation_frames" ["translation_frames"];
    /// Bits of the opcodes of frames of builtins that call JavaScript.
    TranslationBuiltins = "+translation_builtin_frames" ["translation_builtin_frames"];
    /// Word of the optimized function itself.
    DeoptShared = "DeoptimizationDataSharedFunctionInfoIndex"
        ["DeoptimizationDataWrappedSharedFunctionInfoIndex", "DeoptimizationDataSharedFunctionInfoIndex"];
    /// Function behind a wrapper.
    SharedWrapperInfo = "SharedFunctionInfoWrapper.shared_info" ["class_SharedFunctionInfoWrapper__shared_info"];
    /// 1 when the first number of a row of positions is unsigned with two flags (V8 >= 14).
    PositionsUnsigned = "+position_table_unsigned" ["position_table_unsigned"];
    /// Shift of the character in a position: 1 when a bit below tells those outside of JavaScript.
    PositionShift = "+source_position_shift" ["source_position_shift"];
    /// What is added to the character in a position (1); V8 5.5 adds nothing.
    PositionBase = "+source_position_base" ["source_position_base"];
    /// Code offset that the deltas of a table of positions start from.
    PositionsStart = "+position_table_start" ["position_table_start"];
    /// Positions of bytecode.
    BytecodePositions = "BytecodeArray.source_position_table"
        ["class_BytecodeArray__source_position_table"];
    /// First bytecode.
    BytecodeData = "BytecodeArray.data" ["class_BytecodeArray__data"];
    /// First byte of a ByteArray.
    ByteArrayData = "+ByteArray.data" ["class_ByteArray__data"];

    // --- Frames
    /// Last argument (or receiver) above a frame pointer.
    FpArgs = "off_fp_args" ["off_fp_args"];
    /// The function.
    FpFunction = "off_fp_function" ["off_fp_function"];
    /// The context.
    FpContext = "off_fp_context" ["off_fp_context"];
    /// The context, or the type of a frame that has none (V8 >= 5.1).
    FpContextOrType = "off_fp_context_or_frame_type" ["off_fp_context_or_frame_type"];
    /// The type of a frame without context (V8 < 5.1).
    FpMarker = "off_fp_marker" ["off_fp_marker"];
    /// Bits above the frame type in its word.
    FrameTypeShift = "+frame_type_shift" ["frame_type_shift"];
    /// The argument count (V8 >= 9.4).
    FpArgc = "+off_fp_argc" ["off_fp_argc"];
    /// 1 when that count includes the receiver.
    ArgcReceiver = "+argc_includes_receiver" ["argc_includes_receiver"];
    /// 1 when the receiver is pushed last, at `off_fp_args`.
    ArgsReceiverFirst = "+args_receiver_first" ["args_receiver_first"];
    /// 1 when the number of declared parameters includes the receiver.
    FormalsReceiver = "+formals_include_receiver" ["formals_include_receiver"];
    /// The argument count of an adaptor frame.
    AdaptorArgc = "+off_fp_adaptor_argc" ["off_fp_adaptor_argc"];
    /// Where an entry frame keeps the exit frame below it.
    EntryNextExit = "+off_fp_entry_next_exit_fp" ["off_fp_entry_next_exit_fp"];
    /// The bytecode of an interpreted frame.
    FpBytecodeArray = "off_fp_bytecode_array" ["off_fp_bytecode_array"];
    /// The position in the bytecode.
    FpBytecodeOffset = "off_fp_bytecode_offset" ["off_fp_bytecode_offset"];
    /// The first variable on the stack; the others are below (V8 < 7).
    FpFirstLocal = "+off_fp_first_local" ["off_fp_first_local"];
    /// The map of maps among an isolate's roots.
    IsolateMetaMap = "+isolate_meta_map_root" ["isolate_meta_map_root"];
    /// The frame the isolate left JavaScript with.
    IsolateCEntryFp = "+isolate_c_entry_fp" ["isolate_c_entry_fp"];
    /// The innermost handler of exceptions on the isolate's stack.
    IsolateHandler = "+isolate_handler" ["isolate_handler"];
    /// The heap, a part of the isolate.
    IsolateHeap = "+isolate_heap" ["isolate_heap"];
    /// The isolate's dispatch table of functions (V8 >= 14).
    IsolateDispatchTable = "+isolate_dispatch_table" ["isolate_dispatch_table"];
    /// The group of isolates.
    IsolateGroup = "+isolate_group" ["isolate_group"];
    /// The group's dispatch table of functions (V8 13).
    GroupDispatchTable = "+isolate_group_dispatch_table" ["isolate_group_dispatch_table"];
    /// What a page's metadata has of the heap it belongs to.
    PageHeap = "+page_metadata_heap" ["page_metadata_heap"];
}
