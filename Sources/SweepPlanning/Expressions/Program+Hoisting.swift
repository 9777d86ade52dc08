extension Program {
    /// Costs about a microsecond, some hundred times an addition.
    private func isExpensive(_ instruction: Instruction) -> Bool {
        switch instruction.code {
        case .power: return true
        case .unary, .binary:
            let function = ExpressionFunction.allCases[instruction.operand]
            return [.log, .log10, .exp, .pow].contains(function)
        default: return false
        }
    }

    /// How many logarithms, exponentials and powers it takes.
    var expensiveSteps: Int { instructions.count(where: isExpensive) }

    /// The instructions of the innermost expensive function whose value can be looked up instead: one that depends on
    /// less than the whole program does.
    ///
    /// - Parameter isWorthATable: whether values for these names, by position, are few enough.
    func firstHoistable(_ isWorthATable: (Set<Int>) -> Bool) -> Range<Int>? {
        // What stands on the stack: where its instructions begin, and the names it depends on.
        var stack: [(start: Int, names: Set<Int>)] = []
        for (index, instruction) in instructions.enumerated() {
            switch instruction.code {
            case .constant: stack.append((index, []))
            case .load: stack.append((index, [instruction.operand]))
            case .isMember, .negate, .not, .unary: break
            case .tuck:
                guard let last = stack.last, stack.count > 1 else { return nil }
                stack.insert(last, at: stack.count - 2)
            case .swap: stack.swapAt(stack.count - 1, stack.count - 2)
            default:
                let right = stack.removeLast()
                stack[stack.count - 1].names.formUnion(right.names)
                stack[stack.count - 1].start = min(stack[stack.count - 1].start, right.start)
            }
            if let top = stack.last, isExpensive(instruction), !top.names.isEmpty, isWorthATable(top.names) {
                return top.start..<index + 1
            }
        }
        return nil
    }

    /// The part of the program, as a program of its own.
    func part(_ range: Range<Int>) -> Program {
        var part = self
        part.instructions = Array(instructions[range])
        part.isCondition = false
        return part.withoutUnusedNames
    }

    /// The same program without the names that it does not load.
    var withoutUnusedNames: Program {
        let used = Set(instructions.lazy.filter { $0.code == .load }.map(\.operand)).sorted()
        var program = self
        program.names = used.map { names[$0] }
        for index in instructions.indices where instructions[index].code == .load {
            program.instructions[index].operand = used.firstIndex(of: instructions[index].operand) ?? 0
        }
        return program
    }

    /// The program with the part replaced by a name.
    func replacing(_ range: Range<Int>, by name: String) -> Program {
        var program = self
        program.names.append(name)
        program.instructions.replaceSubrange(range, with: [Instruction(code: .load, operand: names.count)])
        return program.withoutUnusedNames
    }
}
