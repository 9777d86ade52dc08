import TrialContract

/// The checksum over what a file says besides its trials: finds damage to texts and coordinates that leaves the file
/// readable, and tells it from what other programs add. Stored is that of what was meant, never of what was read back.
enum ContentChecksum {
    static func of(_ header: ResultHeader) -> UInt64 { of(header.description) }

    static func of(_ description: FileDescription) -> UInt64 { checksum(description, withDescriptions: true) }

    /// The checksum over what decides the trials alone: without title, history and other texts for people, which other
    /// programs may edit.
    static func ofCore(_ header: ResultHeader) -> UInt64 { ofCore(header.description) }

    static func ofCore(_ description: FileDescription) -> UInt64 { checksum(description, withDescriptions: false) }

    private static func checksum(_ header: FileDescription, withDescriptions isWhole: Bool) -> UInt64 {
        var bytes: [UInt8] = []
        func add(_ text: String) { bytes += text.utf8 + [0] }
        func add(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
        func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }
        func add(_ values: AxisValues) {
            add(values.count)
            switch values {
            case .names(let names): names.forEach(add)
            case .integers(let integers): for value in integers { add(value) }
            case .numbers(let numbers): for value in numbers { add(value.bitPattern) }
            }
        }
        func describe(_ text: String) { if isWhole { add(text) } }
        let layout = header.layout
        for text in [header.sweepFingerprint, header.planFingerprint, header.sweepText] { add(text) }
        for text in [header.title, header.source, header.history, header.gitCommit, header.references] { describe(text) }
        add(header.shard?.description ?? "")
        for number in [header.kernelRevision, header.usesCommonRandomNumbers ? 1 : 0, layout.trials] { add(number) }
        for dimension in layout.dimensions {
            add(dimension.name)
            if isWhole { add(dimension.longName) } else { add(dimension.kind.rawValue) }
            add(dimension.values)
        }
        for variable in layout.auxiliaryCoordinates {
            add(variable.name)
            describe(variable.longName)
            variable.dimensions.forEach(add)
            add(variable.values)
        }
        for parameter in layout.fixedParameters {
            add(parameter.name)
            describe(parameter.longName)
            add(parameter.value)
        }
        for statistic in layout.statistics {
            add(statistic.name)
            describe(statistic.longName)
            if let formula = statistic.formula { add(formula) }
            add(statistic.width)
            if let own = statistic.innerDimension, !statistic.isPerCoordinate { add(own) }
        }
        if let part = layout.part {
            part.numbers.forEach(add)
            if part.rest == .notAsked { add(ResultLayout.partIsAllName) }
        }
        header.rounds.forEach(add)
        if let curve = layout.curve {
            curve.steps.forEach(add)
            for quantity in curve.quantities {
                [quantity.name, quantity.summary].forEach(add)
                if let inner = quantity.inner {
                    add(inner.name)
                    add(inner.length)
                }
                if let formula = quantity.formula { add(formula) }
            }
        }
        if let source = header.sweepSource { ([source.path] + source.overrides).forEach(add) }
        return XXH64.hash(bytes)
    }
}
