import TrialContract

/// A sweep laid out: its dimensions, what varies along them, and which cells are kept.
struct Layout: Sendable {
    /// More combinations than these are neither tabulated nor looked through while planning.
    static let mostCombinations = 1_000_000
    /// The same where each takes a logarithm or the like.
    static let mostExpensiveCombinations = 100_000

    var spec: SweepSpec
    let grid: Grid
    private(set) var quantities: [Quantity] = []
    private(set) var condition: LaidCondition?
    let curvatures: [CurvatureRule]
    private let counts: [Int]
    private var places: [String: Int] = [:]

    init(spec: SweepSpec, grid: Grid) throws {
        self.spec = spec
        self.grid = grid
        counts = grid.counts
        curvatures = try (spec.choices[.problem]?.entries ?? []).map { try CurvatureRule($0) }
    }

    mutating func append(_ quantity: Quantity) {
        places[quantity.name] = quantities.count
        quantities.append(quantity)
    }

    mutating func setCondition(_ condition: LaidCondition) { self.condition = condition }

    subscript(name: String) -> Quantity? { places[name].map { quantities[$0] } }

    func place(of name: String) -> Int? { places[name] }

    /// A quantity's value at positions along all dimensions; 0 where there is no such quantity.
    func value(_ name: String, at digits: Digits) -> Double { self[name].map { value($0, at: digits) } ?? 0 }

    func value(_ quantity: Quantity, at digits: Digits) -> Double {
        switch quantity.values {
        case .table(let values): values[place(digits, over: quantity.dimensions)]
        case .formula(.program(let program, let inputs)): value(program, inputs, at: digits)
        case .formula(.curvature(let name)): curvature(name, at: digits)
        }
    }

    func value(_ program: Program, _ inputs: [Int], at digits: Digits) -> Double {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: inputs.count) { values in
            for (index, input) in inputs.enumerated() { values[index] = value(quantities[input], at: digits) }
            return program.value(UnsafeBufferPointer(values))
        }
    }

    /// Row-major place over some dimensions.
    func place(_ digits: Digits, over dimensions: [Int]) -> Int {
        var place = 0
        for dimension in dimensions { place = place * counts[dimension] + digits[dimension] }
        return place
    }

    /// Whether `where` keeps the cell.
    func isIncluded(_ digits: Digits) -> Bool {
        guard let condition else { return true }
        if let table = condition.table { return table[place(digits, over: condition.dimensions)] }
        return value(condition.program, condition.inputs, at: digits) != 0
    }

    /// The chosen component of a kind.
    func entry(_ kind: ComponentKind, at digits: Digits) -> ComponentEntry {
        guard let choice = spec.choices[kind] else { preconditionFailure("the decoder requires \(kind.fieldName)") }
        return choice.entries[Int(value(kind.fieldName, at: digits))]
    }

    /// The component with all its parameters: given with it, swept or fixed for its kind, or its default.
    func choice(_ kind: ComponentKind, at digits: Digits) -> ComponentChoice {
        let entry = entry(kind, at: digits)
        var parameters: [String: Double] = [:]
        for parameter in entry.description.parameters {
            if let given = entry.given[parameter.name] {
                parameters[parameter.name] = given
            } else if let quantity = self["\(kind.fieldName).\(parameter.name)"] {
                parameters[parameter.name] = value(quantity, at: digits)
            } else {
                parameters[parameter.name] = parameter.defaultValue
            }
        }
        return ComponentChoice(entry.description.name, parameters)
    }

    /// How many combinations are looked at where there are too many for all; fewer where each takes a microsecond.
    var sampleSize: Int {
        let condition = condition.flatMap { $0.table == nil ? $0.program : nil }
        let formulas = quantities.compactMap { quantity -> Program? in
            if case .formula(.program(let program, _)) = quantity.values { return program }
            return nil
        }
        let isExpensive = (formulas + [condition].compactMap(\.self)).contains { $0.expensiveSteps > 0 }
        return isExpensive ? 16_384 : 65_536
    }

    /// The largest dimension of any cell; of a sample where it is computed from too many axes for a table.
    var largestDimension: Int {
        guard let dimension = self["dimension"] else { return 1 }
        let range = FieldCatalogue.dimension.range
        let values = dimension.table
            ?? GridScan(self, [place(of: "dimension") ?? 0], over: dimension.dimensions).sample(4096) { $0[0] }
        return Int(values.lazy.filter { range.contains($0) }.max() ?? 1)
    }
}

/// Positions along all dimensions of the grid.
typealias Digits = UnsafeBufferPointer<Int>

/// `where`, laid out.
struct LaidCondition: Sendable {
    var program: Program
    /// What the program's names are, by position among the layout's quantities.
    var inputs: [Int]
    var dimensions: [Int]
    /// Row-major over `dimensions`; `nil` where there are too many combinations.
    var table: [Bool]?
    var place: SourcePlace
}
