// What must outlive the page: the list, the shift, and above all the records that have not been sent. Raw IndexedDB.
//
// The list is one record, and who has changed since lies beside it: writing thousands of rows takes most of a second.

const NAME = "prezence-door";
const FACTS = "facts";
const CHANGES = "changes";
const QUEUE = "queue";

let opened = null;

export async function read(key) {
  return request(FACTS, "readonly", (store) => store.get(key));
}

export async function write(key, value) {
  await request(FACTS, "readwrite", (store) => store.put(value, key));
}

export async function readPeople() {
  const people = new Map(((await read("list")) ?? []).map((person) => [person.id, person]));
  for (const person of await request(CHANGES, "readonly", (store) => store.getAll())) {
    people.set(person.id, person);
  }
  return people.values();
}

export async function writeList(people) {
  await transact([FACTS, CHANGES], (transaction) => {
    transaction.objectStore(FACTS).put(people, "list");
    transaction.objectStore(CHANGES).clear();
  });
}

export async function writeChanges(people) {
  await transact([CHANGES], (transaction) => {
    for (const person of people) {
      transaction.objectStore(CHANGES).put(person);
    }
  });
}

export async function removeChange(id) {
  await request(CHANGES, "readwrite", (store) => store.delete(id));
}

// Keeps a record until the server has acknowledged it.
export async function enqueue(record) {
  await request(QUEUE, "readwrite", (store) => store.add(record));
}

export async function queued() {
  return request(QUEUE, "readonly", (store) => store.getAll());
}

export async function rewrite(records) {
  await transact([QUEUE], (transaction) => {
    for (const record of records) {
      transaction.objectStore(QUEUE).put(record);
    }
  });
}

export async function acknowledge(records) {
  await transact([QUEUE], (transaction) => {
    for (const record of records) {
      transaction.objectStore(QUEUE).delete(record.position);
    }
  });
}

// Wipes all that tells of people, except what has not been sent.
export async function wipe() {
  await transact([FACTS, CHANGES], (transaction) => {
    transaction.objectStore(FACTS).clear();
    transaction.objectStore(CHANGES).clear();
  });
}

async function request(name, mode, act) {
  let result;
  await transact([name], (transaction) => {
    result = act(transaction.objectStore(name));
  }, mode);
  return result.result;
}

async function transact(names, act, mode = "readwrite") {
  opened ??= open();
  const transaction = (await opened).transaction(names, mode);
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  act(transaction);
  await done;
}

function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(FACTS);
      opening.result.createObjectStore(CHANGES, { keyPath: "id" });
      opening.result.createObjectStore(QUEUE, { keyPath: "position", autoIncrement: true });
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
