import TrialContract

/// A variable over all dimensions and `trial`: a recorded statistic, `status` or `steps_taken`.
///
/// Row `cell * trials + trial` of it lies at `row * rowBytes`; in a file that holds a part of the sweep, at its position
/// among the rows that are stored.
struct TrialVariable: Sendable, Equatable {
    let name: String
    let element: ElementType
    /// Elements per row: 1, for `iterate` the length of `coordinate`, for a vector that of its own dimension.
    let width: Int
    /// Its last dimension, behind that of rows: `coordinate`, or its own; `nil` where a row has one element.
    let innerDimension: String?
    let longName: String
    /// What it is computed as, where a sweep has defined it; `nil` for what the program knows itself.
    let formula: String?

    var rowBytes: Int { element.size * width }

    /// Whether `coordinate` is its last dimension.
    var isPerCoordinate: Bool { innerDimension == ResultLayout.coordinateName }

    /// Whether another is computed alike: their formulas are the same but for spaces. Results of earlier versions have a space
    /// between any two tokens.
    func isComputed(as other: TrialVariable) -> Bool { Self.areAlike(formula, other.formula) }

    /// Whether two formulas of what sweeps define are the same but for spaces.
    static func areAlike(_ a: String?, _ b: String?) -> Bool { a.map(withoutIdleSpaces) == b.map(withoutIdleSpaces) }

    /// Spaces are left where names and numbers would run into each other.
    private static func withoutIdleSpaces(_ text: String) -> String {
        func isOfWord(_ sign: Character?) -> Bool { sign.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." } ?? false }
        return text.split(whereSeparator: \.isWhitespace).reduce(into: "") { joined, part in
            if isOfWord(joined.last), isOfWord(part.first) { joined.append(" ") }
            joined += part
        }
    }

    /// Two of one name in files of the same sweep: what people read of them may be spaced in another way.
    static func == (a: TrialVariable, b: TrialVariable) -> Bool {
        a.name == b.name && a.element == b.element && a.width == b.width && a.innerDimension == b.innerDimension
            && (a.formula == nil && a.longName == b.longName || a.formula != nil) && a.isComputed(as: b)
    }

    /// The bytes of rows that are not computed.
    func notComputed(_ rows: Int) -> [UInt8] {
        guard element == .float64 else { return [UInt8](repeating: 0, count: rows * rowBytes) }
        return [UInt8](unsafeUninitializedCapacity: rows * rowBytes) { bytes, count in
            UnsafeMutableRawBufferPointer(bytes).initializeMemory(as: Double.self, repeating: .nan)
            count = bytes.count
        }
    }

    /// Of the dataset: the attribute with the formula.
    static let formulaName = "formula"
    static let statusName = "status"
    static let stepsTakenName = "steps_taken"

    static let status = TrialVariable(
        name: statusName, element: .uint8, width: 1, longName: "what became of the trial")
    static let stepsTaken = TrialVariable(
        name: stepsTakenName, element: .int64, width: 1,
        longName: "steps taken: all, or the first t at which |x_t|^2 is not finite")

    init(
        name: String, element: ElementType, width: Int, innerDimension: String? = nil, longName: String, formula: String? = nil
    ) {
        self.name = name
        self.element = element
        self.width = width
        self.innerDimension = innerDimension
        self.longName = longName
        self.formula = formula
    }

    /// A statistic as it is stored.
    init(_ statistic: ComponentDescription, coordinates: Int) {
        self.init(
            name: statistic.name, element: statistic.storage == .int32 ? .int32 : .float64,
            width: statistic.storage.width(dimension: coordinates), innerDimension: ResultLayout.innerDimension(of: statistic),
            longName: statistic.summary, formula: statistic.isOwn ? statistic.formula : nil)
    }
}

extension ResultLayout {
    /// The last dimension of a statistic's variable, or of a trajectory's before that of quantiles; `nil` of one number.
    static func innerDimension(of recorded: ComponentDescription) -> String? {
        switch recorded.storage {
        case .float64, .int32: nil
        case .float64PerCoordinate: coordinateName
        case .float64Vector: StatisticStorage.vectorDimension(of: recorded.name)
        }
    }

    /// The most elements that a row has: more are taken for damage.
    static let mostElements = 4096
}
