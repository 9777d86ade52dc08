import Foundation
import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

/// What users open results with: each must see the same numbers.
@Suite struct ClientTests {
    /// Trials 0 ..< 6 of every cell are there, the rest are missing.
    static func isDone(_ cell: Int, _ trial: Int) -> Bool { trial < 6 }

    func withResult(_ plan: FakePlan = FakePlan(), _ body: (String) throws -> Void) throws {
        try withFolder { folder in
            let writer = try ResultWriter.open(path: folder + "/a.h5", plan: plan, provenance: .test)
            for cell in 0..<plan.cellCount where !plan.isExcluded(cell) {
                try writer.store(plan.block(cells: [cell], trials: 0..<6))
            }
            try writer.synchronise()
            // Open for writing while the clients read it.
            try body(folder + "/a.h5")
            try writer.finish()
        }
    }

    @Test(.enabled(if: Tool.exists("h5dump"))) func h5dumpReadsEverything() throws {
        try withResult { path in
            let dump = try Tool.run("h5dump", [path])
            #expect(dump.status == 0 && dump.errors.isEmpty)
            #expect(dump.output.contains("(0): \"schema: 1\n           name: fake"))
            #expect(dump.output.contains("H5T_CSET_UTF8"))
            let layout = try Tool.run("h5dump", ["-p", "-H", "-d", "/distance", path])
            #expect(layout.output.contains("CONTIGUOUS") && layout.output.contains("H5D_ALLOC_TIME_EARLY"))
            #expect(layout.output.contains("H5D_FILL_TIME_IFSET") && layout.output.contains("VALUE  nan"))
        }
    }

    @Test(.enabled(if: Tool.exists("h5ls"))) func h5lsListsTheVariables() throws {
        try withResult { path in
            let list = try Tool.run("h5ls", [path])
            #expect(list.status == 0)
            #expect(list.output.contains("distance                 Dataset {2, 2, 1, 2, 3, 10}"))
            #expect(list.output.contains("iterate                  Dataset {2, 2, 1, 2, 3, 10, 3}"))
        }
    }

    @Test(.enabled(if: Tool.exists("ncdump"))) func ncdumpSeesNetCDF() throws {
        try withResult { path in
            let dump = try Tool.run("ncdump", ["-h", path])
            #expect(dump.status == 0)
            let wanted = [
                "optimizer = 2 ;", "trial = 10 ;", "coordinate = 3 ;", "string optimizer(optimizer) ;",
                "int64 trial(trial) ;", "int64 dimension(dimension) ;", "double rho(rho) ;",
                "double product(learning_rate, rho) ;", "string label(rho) ;", "int64 steps ;",
                "double distance(optimizer, dimension, noise, learning_rate, rho, trial) ;",
                "int zero_gradients(optimizer, dimension, noise, learning_rate, rho, trial) ;",
                "double iterate(optimizer, dimension, noise, learning_rate, rho, trial, coordinate) ;",
                "ubyte status(optimizer, dimension, noise, learning_rate, rho, trial) ;",
                "status:flag_values = 0UB, 1UB, 2UB, 3UB ;",
                "status:flag_meanings = \"missing finished diverged excluded\" ;",
                "int64 steps_taken(optimizer, dimension, noise, learning_rate, rho, trial) ;",
                "distance:_FillValue = NaN ;", "distance:units = \"1\" ;",
                "distance:coordinates = \"product label batch\" ;", ":Conventions = \"CF-1.11\" ;", ":complete = 0 ;",
            ]
            for line in wanted { #expect(dump.output.contains(line)) }
            #expect(!dump.output.contains("steps_taken:_FillValue"))
        }
    }

    @Test(.enabled(if: Tool.python != nil), arguments: ["h5netcdf", "netcdf4"])
    func xarrayReadsEveryTrial(engine: String) throws {
        try withResult { path in
            let plan = FakePlan()
            let script = try #require(Bundle.module.path(forResource: "read_result", ofType: "py", inDirectory: "Clients"))
            let read = try Tool.run(try #require(Tool.python), [script, path, engine])
            #expect(read.status == 0, "\(read.errors)")
            // One line per trial: cell, trial, status, steps, distance, zero gradients, iterate.
            var lines = read.output.split(separator: "\n").map(String.init)
            #expect(lines.removeFirst() == "sgd m-sam | \(plan.sourceText.debugDescription) | \(plan.title)")
            #expect(lines.count == plan.cellCount * plan.trials)
            for (row, line) in lines.enumerated() {
                #expect(line == expectedLine(plan, cell: row / plan.trials, trial: row % plan.trials))
            }
        }
    }

    private func expectedLine(_ plan: FakePlan, cell: Int, trial: Int) -> String {
        let isThere = !plan.isExcluded(cell) && Self.isDone(cell, trial)
        let status = plan.isExcluded(cell) ? 3 : !isThere ? 0 : plan.diverges(cell, trial) ? 2 : 1
        let steps = status == 1 ? plan.fixedSteps : status == 2 ? 4 : 0
        func bits(_ value: Double) -> String { value.isNaN ? "nan" : String(value.bitPattern) }
        let zeros = isThere ? Int(plan.value("zero_gradients", cell, trial)) : 0
        let iterate = (0..<3).map { column in
            bits(isThere && column < plan.dimension(ofCell: cell) ? plan.value("iterate", cell, trial, column) : .nan)
        }
        let distance = bits(isThere ? plan.value("distance", cell, trial) : .nan)
        return "\(cell) \(trial) \(status) \(steps) \(distance) \(zeros) \(iterate.joined(separator: ","))"
    }

    @Test(.enabled(if: Tool.python != nil)) func netCDFAppendsToIt() throws {
        try withFolder { folder in
            let plan = FakePlan()
            let path = folder + "/a.h5"
            let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try plan.run(writer, limit: 100)
            try writer.finish()
            let script = try #require(Bundle.module.path(forResource: "append", ofType: "py", inDirectory: "Clients"))
            let append = try Tool.run(try #require(Tool.python), [script, path])
            #expect(append.status == 0, "\(append.errors)")
            // What others added is nothing to us, and the run goes on.
            let again = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try plan.run(again)
            try again.finish()
            let reader = try ResultReader.open(path)
            #expect(try plan.complaints(reader).isEmpty)
            #expect(reader.statistics.count == 3)
        }
    }
}
