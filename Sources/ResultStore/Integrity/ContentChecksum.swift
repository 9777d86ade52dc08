import TrialContract

/// The checksum over what a header says: finds damage to texts and coordinates that leaves the file readable, and
/// tells it from what other programs add.
enum ContentChecksum {
    static func of(_ header: ResultHeader) -> UInt64 {
        var bytes: [UInt8] = []
        func add(_ text: String) { bytes += text.utf8 + [0] }
        func add(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
        func add(_ values: AxisValues) {
            add(UInt64(values.count))
            switch values {
            case .names(let names): names.forEach(add)
            case .integers(let integers): for value in integers { add(UInt64(bitPattern: Int64(value))) }
            case .numbers(let numbers): for value in numbers { add(value.bitPattern) }
            }
        }
        let layout = header.layout
        for text in [
            header.sweepFingerprint, header.planFingerprint, header.sweepText, header.title, header.source,
            header.history, header.gitCommit, header.references, header.shard?.description ?? "",
        ] { add(text) }
        for number in [header.kernelRevision, header.usesCommonRandomNumbers ? 1 : 0, layout.trials] {
            add(UInt64(number))
        }
        for dimension in layout.dimensions {
            add(dimension.name)
            add(dimension.longName)
            add(dimension.values)
        }
        for variable in layout.auxiliaryCoordinates {
            ([variable.name, variable.longName] + variable.dimensions).forEach(add)
            add(variable.values)
        }
        for parameter in layout.fixedParameters {
            [parameter.name, parameter.longName].forEach(add)
            add(parameter.value)
        }
        for statistic in layout.statistics {
            [statistic.name, statistic.longName].forEach(add)
            add(UInt64(statistic.width))
        }
        if let curve = layout.curve {
            curve.steps.forEach { add(UInt64($0)) }
            curve.quantities.forEach { quantity in [quantity.name, quantity.summary].forEach(add) }
        }
        if let source = header.sweepSource { ([source.path] + source.overrides).forEach(add) }
        return XXH64.hash(bytes)
    }
}
