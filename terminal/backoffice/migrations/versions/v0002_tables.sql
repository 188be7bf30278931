CREATE TABLE accounts (
	account VARCHAR(64) NOT NULL,
	fund VARCHAR(6) NOT NULL,
	personal BOOLEAN NOT NULL,
	balance_fen BIGINT NOT NULL,
	CONSTRAINT pk_accounts PRIMARY KEY (account),
	CONSTRAINT uq_accounts_account_fund UNIQUE (account, fund),
	CONSTRAINT ck_accounts_no_overdraft CHECK (balance_fen >= 0 OR NOT personal)
);
CREATE TABLE audit (
	entry INTEGER NOT NULL,
	at VARCHAR(32) NOT NULL,
	event VARCHAR(32) NOT NULL,
	card VARCHAR(32),
	reservation VARCHAR(32),
	place VARCHAR(12),
	detail TEXT,
	CONSTRAINT pk_audit PRIMARY KEY (entry)
);
CREATE INDEX ix_audit_card ON audit (card);
CREATE TABLE journals (
	entry INTEGER NOT NULL,
	at VARCHAR(32) NOT NULL,
	fund VARCHAR(6) NOT NULL,
	reason VARCHAR(32) NOT NULL,
	reference VARCHAR(64),
	CONSTRAINT pk_journals PRIMARY KEY (entry),
	CONSTRAINT uq_journals_entry_fund UNIQUE (entry, fund)
);
CREATE TABLE messages (
	msgid VARCHAR(64) NOT NULL,
	kind VARCHAR(16) NOT NULL,
	place VARCHAR(12) NOT NULL,
	digest BLOB NOT NULL,
	answer TEXT NOT NULL,
	at VARCHAR(32) NOT NULL,
	CONSTRAINT pk_messages PRIMARY KEY (msgid)
);
CREATE TABLE persons (
	entry INTEGER NOT NULL,
	id_number VARCHAR(18) NOT NULL,
	name TEXT NOT NULL,
	CONSTRAINT pk_persons PRIMARY KEY (entry),
	CONSTRAINT uq_persons_id_number UNIQUE (id_number)
);
CREATE TABLE sign_ins (
	entry INTEGER NOT NULL,
	place VARCHAR(12) NOT NULL,
	operator VARCHAR(20) NOT NULL,
	at VARCHAR(32) NOT NULL,
	ended_at VARCHAR(32),
	CONSTRAINT pk_sign_ins PRIMARY KEY (entry)
);
CREATE TABLE contributions (
	id_number VARCHAR(18) NOT NULL,
	fund VARCHAR(6) NOT NULL,
	month VARCHAR(7) NOT NULL,
	CONSTRAINT pk_contributions PRIMARY KEY (id_number, fund, month),
	CONSTRAINT fk_contributions_id_number FOREIGN KEY(id_number) REFERENCES persons (id_number)
);
CREATE TABLE insurances (
	entry INTEGER NOT NULL,
	id_number VARCHAR(18) NOT NULL,
	kind VARCHAR(6) NOT NULL,
	person_type VARCHAR(6) NOT NULL,
	status VARCHAR(1) NOT NULL,
	since DATE NOT NULL,
	paused_since DATE,
	employer TEXT,
	CONSTRAINT pk_insurances PRIMARY KEY (entry),
	CONSTRAINT uq_insurances_id_number_kind_since UNIQUE (id_number, kind, since),
	CONSTRAINT fk_insurances_id_number FOREIGN KEY(id_number) REFERENCES persons (id_number)
);
CREATE INDEX ix_insurances_id_number ON insurances (id_number);
CREATE TABLE postings (
	entry INTEGER NOT NULL,
	journal INTEGER NOT NULL,
	account VARCHAR(64) NOT NULL,
	fund VARCHAR(6) NOT NULL,
	amount_fen BIGINT NOT NULL,
	CONSTRAINT pk_postings PRIMARY KEY (entry),
	CONSTRAINT fk_postings_journal_fund FOREIGN KEY(journal, fund) REFERENCES journals (entry, fund),
	CONSTRAINT fk_postings_account_fund FOREIGN KEY(account, fund) REFERENCES accounts (account, fund)
);
CREATE INDEX ix_postings_account ON postings (account);
CREATE INDEX ix_postings_journal ON postings (journal);
CREATE TABLE social_cards (
	number VARCHAR(9) NOT NULL,
	card_id VARCHAR(32) NOT NULL,
	historical_bytes BLOB NOT NULL,
	id_number VARCHAR(18) NOT NULL,
	social SMALLINT NOT NULL,
	financial SMALLINT NOT NULL,
	valid_until DATE,
	received_at VARCHAR(32),
	receipt_mode SMALLINT NOT NULL,
	medical TEXT NOT NULL,
	state_before_loss SMALLINT,
	loss_reason VARCHAR(16),
	enabled_by SMALLINT,
	enabled_at VARCHAR(32),
	bank_number VARCHAR(20),
	replaced_by VARCHAR(9),
	CONSTRAINT pk_social_cards PRIMARY KEY (number),
	CONSTRAINT uq_social_cards_card_id UNIQUE (card_id),
	CONSTRAINT fk_social_cards_id_number FOREIGN KEY(id_number) REFERENCES persons (id_number),
	CONSTRAINT fk_social_cards_replaced_by FOREIGN KEY(replaced_by) REFERENCES social_cards (number)
);
CREATE INDEX ix_social_cards_bank_number ON social_cards (bank_number);
CREATE INDEX ix_social_cards_collected ON social_cards (social, receipt_mode, financial, received_at);
CREATE INDEX ix_social_cards_deadline ON social_cards (financial, social, received_at);
CREATE INDEX ix_social_cards_historical_bytes ON social_cards (historical_bytes);
CREATE INDEX ix_social_cards_id_number ON social_cards (id_number);
CREATE TABLE visits (
	entry INTEGER NOT NULL,
	id_number VARCHAR(18) NOT NULL,
	place VARCHAR(12) NOT NULL,
	kind VARCHAR(6) NOT NULL,
	med_type VARCHAR(6) NOT NULL,
	number_at_place VARCHAR(30),
	msgid VARCHAR(64) NOT NULL,
	at VARCHAR(32) NOT NULL,
	cancelled BOOLEAN NOT NULL,
	CONSTRAINT pk_visits PRIMARY KEY (entry),
	CONSTRAINT fk_visits_id_number FOREIGN KEY(id_number) REFERENCES persons (id_number),
	CONSTRAINT uq_visits_msgid UNIQUE (msgid)
);
CREATE INDEX ix_visits_id_number ON visits (id_number);
CREATE TABLE vouchers (
	token VARCHAR(50) NOT NULL,
	id_number VARCHAR(18) NOT NULL,
	CONSTRAINT pk_vouchers PRIMARY KEY (token),
	CONSTRAINT fk_vouchers_id_number FOREIGN KEY(id_number) REFERENCES persons (id_number)
);
CREATE INDEX ix_vouchers_id_number ON vouchers (id_number);
CREATE TABLE card_orders (
	entry INTEGER NOT NULL,
	id_number VARCHAR(18) NOT NULL,
	kind VARCHAR(2) NOT NULL,
	status VARCHAR(2) NOT NULL,
	bank VARCHAR(40) NOT NULL,
	reason TEXT,
	replaces VARCHAR(9),
	number VARCHAR(9),
	batch VARCHAR(20),
	applied_at VARCHAR(32) NOT NULL,
	begun_at VARCHAR(32),
	made_at VARCHAR(32),
	CONSTRAINT pk_card_orders PRIMARY KEY (entry),
	CONSTRAINT fk_card_orders_id_number FOREIGN KEY(id_number) REFERENCES persons (id_number),
	CONSTRAINT fk_card_orders_replaces FOREIGN KEY(replaces) REFERENCES social_cards (number),
	CONSTRAINT uq_card_orders_number UNIQUE (number)
);
CREATE INDEX ix_card_orders_batch ON card_orders (batch);
CREATE INDEX ix_card_orders_id_number ON card_orders (id_number);
CREATE UNIQUE INDEX one_order_at_a_time ON card_orders (id_number) WHERE made_at IS NULL;
CREATE TABLE debits (
	card VARCHAR(9) NOT NULL,
	number INTEGER NOT NULL,
	msgid VARCHAR(64) NOT NULL,
	account_fen BIGINT NOT NULL,
	self_paid_fen BIGINT NOT NULL,
	pool_fen BIGINT NOT NULL,
	tac VARCHAR(8) NOT NULL,
	at VARCHAR(32) NOT NULL,
	CONSTRAINT pk_debits PRIMARY KEY (card, number),
	CONSTRAINT fk_debits_card FOREIGN KEY(card) REFERENCES social_cards (number)
);
CREATE INDEX ix_debits_msgid ON debits (msgid);
CREATE TABLE electronic_cards (
	card VARCHAR(9) NOT NULL,
	token VARCHAR(64) NOT NULL,
	signed_at VARCHAR(32) NOT NULL,
	CONSTRAINT pk_electronic_cards PRIMARY KEY (card),
	CONSTRAINT fk_electronic_cards_card FOREIGN KEY(card) REFERENCES social_cards (number),
	CONSTRAINT uq_electronic_cards_token UNIQUE (token)
);
CREATE TABLE old_cards (
	number VARCHAR(32) NOT NULL,
	kind VARCHAR(16) NOT NULL,
	id_number VARCHAR(18) NOT NULL,
	state SMALLINT NOT NULL,
	replaced_by VARCHAR(9),
	CONSTRAINT pk_old_cards PRIMARY KEY (number),
	CONSTRAINT fk_old_cards_id_number FOREIGN KEY(id_number) REFERENCES persons (id_number),
	CONSTRAINT fk_old_cards_replaced_by FOREIGN KEY(replaced_by) REFERENCES social_cards (number)
);
CREATE INDEX ix_old_cards_id_number ON old_cards (id_number);
CREATE TABLE settlements (
	entry INTEGER NOT NULL,
	msgid VARCHAR(64) NOT NULL,
	infno VARCHAR(4) NOT NULL,
	visit INTEGER NOT NULL,
	place VARCHAR(12) NOT NULL,
	id_number VARCHAR(18) NOT NULL,
	fund VARCHAR(6) NOT NULL,
	clearing VARCHAR(6) NOT NULL,
	account VARCHAR(64),
	day DATE NOT NULL,
	at VARCHAR(32) NOT NULL,
	total_fen BIGINT NOT NULL,
	deductible_fen BIGINT NOT NULL,
	fund_pay_fen BIGINT NOT NULL,
	account_pay_fen BIGINT NOT NULL,
	cash_pay_fen BIGINT NOT NULL,
	balance_fen BIGINT NOT NULL,
	detail TEXT NOT NULL,
	cancels INTEGER,
	reversed BOOLEAN NOT NULL,
	reconciled BOOLEAN NOT NULL,
	CONSTRAINT pk_settlements PRIMARY KEY (entry),
	CONSTRAINT ck_settlements_adds_up CHECK (total_fen = fund_pay_fen + account_pay_fen + cash_pay_fen),
	CONSTRAINT uq_settlements_msgid UNIQUE (msgid),
	CONSTRAINT fk_settlements_visit FOREIGN KEY(visit) REFERENCES visits (entry),
	CONSTRAINT fk_settlements_id_number FOREIGN KEY(id_number) REFERENCES persons (id_number),
	CONSTRAINT fk_settlements_cancels FOREIGN KEY(cancels) REFERENCES settlements (entry)
);
CREATE UNIQUE INDEX cancelled_once ON settlements (cancels) WHERE NOT reversed;
CREATE INDEX ix_settlements_cancels ON settlements (cancels);
CREATE INDEX ix_settlements_of_the_day ON settlements (place, day);
CREATE INDEX ix_settlements_of_the_year ON settlements (id_number, fund, day);
CREATE INDEX ix_settlements_visit ON settlements (visit);
CREATE TABLE reservations (
	sequence INTEGER NOT NULL,
	day DATE NOT NULL,
	card VARCHAR(9) NOT NULL,
	old_card VARCHAR(32) NOT NULL,
	status VARCHAR(16) NOT NULL,
	committed_at VARCHAR(32),
	balance_fen BIGINT,
	CONSTRAINT pk_reservations PRIMARY KEY (sequence),
	CONSTRAINT fk_reservations_card FOREIGN KEY(card) REFERENCES social_cards (number),
	CONSTRAINT fk_reservations_old_card FOREIGN KEY(old_card) REFERENCES old_cards (number)
);
CREATE INDEX ix_reservations_card ON reservations (card);
CREATE INDEX ix_reservations_old_card ON reservations (old_card);
CREATE UNIQUE INDEX one_open_per_card ON reservations (card) WHERE status = 'open';
CREATE UNIQUE INDEX one_open_per_old_card ON reservations (old_card) WHERE status = 'open';
CREATE TABLE verifiers (
	old_card VARCHAR(32) NOT NULL,
	salt BLOB NOT NULL,
	rounds INTEGER NOT NULL,
	digest BLOB NOT NULL,
	tries_left SMALLINT NOT NULL,
	proven_for VARCHAR(9),
	proven_at VARCHAR(12),
	CONSTRAINT pk_verifiers PRIMARY KEY (old_card),
	CONSTRAINT ck_verifiers_tries CHECK (tries_left >= 0),
	CONSTRAINT fk_verifiers_old_card FOREIGN KEY(old_card) REFERENCES old_cards (number)
);
