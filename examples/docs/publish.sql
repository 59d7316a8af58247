BEGIN;
INSERT INTO orders VALUES ('o-1', '12.50');
SELECT tieline.publish(
  source => 'shop',
  type => 'order.placed',
  body => '{"order": "o-1", "total": "12.50"}',
  key => 'o-1');
COMMIT;
